// The docker plugin as the runner has it, loaded from its file and called through the C boundary,
// on a real engine. What a test makes carries one label, and goes with this object.
// Threads: `backend` and `log` any, the rest one at a time.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <nexus/host.hpp>
#include <set>
#include <string>
#include <vector>

#include "support/docker_engine.hpp"

namespace nexus::test {

class RecordingHost final : public HostCallbacks {
  public:
    void log(nexus_log_level level, std::string_view text) noexcept override;
    void event(const Event& /*event*/) noexcept override {}
    // All lines, one a line.
    std::string text() const;

  private:
    mutable std::mutex mutex_;
    std::string text_;
};

class DockerFixture {
  public:
    DockerFixture();
    DockerFixture(const DockerFixture&) = delete;
    DockerFixture& operator=(const DockerFixture&) = delete;
    ~DockerFixture();

    DockerEngine& engine;
    RecordingHost log;
    std::unique_ptr<Backend> backend;

    static CallContext within(std::chrono::milliseconds time);
    CallContext ctx() const { return within(std::chrono::seconds(60)); }
    // hdk_<pid>_<name>: of this test process alone.
    std::string name(const std::string& name) const;
    Labels labels() const;

    // Makes network and volume of a container, and gives what it is to be.
    ContainerSpec spec(const std::string& name, const std::string& image = "");
    // The same, created and started.
    ContainerSpec running(const std::string& name, const std::string& image = "");
    // The engine's own word on a container, by a Go template.
    std::string look(const std::string& container, const std::string& format) const;
    std::string logs(const std::string& container, std::int64_t tail = 100) const;
};

// Runs `call` in many threads at once; the different results, or what was thrown instead.
std::set<std::string> results_of(int threads, const std::function<std::string()>& call);

// What `call` throws; ends the test case where it throws nothing.
BackendError error_of(const std::function<void()>& call);

}  // namespace nexus::test
