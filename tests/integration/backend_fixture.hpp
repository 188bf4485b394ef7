// A plugin as the runner has it, loaded from its file and called through the C boundary, on a real
// engine. What a test makes carries one label, and goes with this object.
// Threads: `backend` and `host` any, the rest one at a time.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <nexus/host.hpp>
#include <set>
#include <string>
#include <vector>

#include "integration/engine_traits.hpp"
#include "support/backend_error.hpp"
#include "support/container_engine.hpp"

namespace nexus::test {

class RecordingHost final : public HostCallbacks {
  public:
    void log(nexus_log_level level, std::string_view text) noexcept override;
    void event(const Event& event) noexcept override;
    // All lines, one a line.
    std::string text() const;
    std::vector<Event> events() const;
    // How many events said `action` of a container; of the feed itself where that is empty.
    std::ptrdiff_t count(const std::string& action, const std::string& container) const;

  private:
    mutable std::mutex mutex_;
    std::string text_;
    std::vector<Event> events_;
};

class BackendFixture {
  public:
    explicit BackendFixture(ContainerEngine& engine = ContainerEngine::under_test());
    BackendFixture(const BackendFixture&) = delete;
    BackendFixture& operator=(const BackendFixture&) = delete;
    ~BackendFixture();

    ContainerEngine& engine;
    const EngineTraits traits;
    RecordingHost host;
    std::unique_ptr<Backend> backend;

    static CallContext within(std::chrono::milliseconds time);
    CallContext ctx() const { return within(std::chrono::seconds(60)); }
    // it_<pid>_<name>: of this test process alone.
    std::string name(const std::string& name) const;
    Labels labels() const;

    // The plugin once more, with further members of its configuration, such as "a":"b".
    std::unique_ptr<Backend> configured(const std::string& members);

    // Makes network and volume of a container, and gives what it is to be.
    ContainerSpec spec(const std::string& name, const std::string& image = "");
    // The same, created and started.
    ContainerSpec running(const std::string& name, const std::string& image = "");
    // The state of a container that is there.
    ContainerState now(const std::string& container) const;
    std::string logs(const std::string& container, std::int64_t tail = 100) const;
};

// Runs `call` in many threads at once; the different results, or what was thrown instead.
std::set<std::string> results_of(int threads, const std::function<std::string()>& call);

}  // namespace nexus::test
