// The Docker Engine of the tests: the one that NEXUS_TEST_DOCKER names, else a private one that
// this process starts at first use and that is gone when the process ends, however it ends.
// Threads: any.
#pragma once

#include <string>
#include <vector>

#include "support/process.hpp"

namespace nexus::test {

struct HttpReply {
    int status;
    std::string body;
};

// One call of curl over an endpoint, unix:///path. `headers` are whole lines. Throws
// std::runtime_error where no answer comes.
HttpReply curl(const std::string& endpoint, const std::string& method, const std::string& path,
               const std::string& body = {}, const std::vector<std::string>& headers = {});

class DockerEngine {
  public:
    // The one engine of this process. Throws Unavailable where none can be had.
    static DockerEngine& get();

    const std::string& endpoint() const noexcept { return endpoint_; }
    // The pinned image of a runtime that writes /data/state/heartbeat every second,
    // /data/state/starts (a line a start) and /data/session/session (once), and answers HTTP on
    // $BRIDGE_PORT.
    const std::string& image() const noexcept { return image_; }
    // The same with further Dockerfile lines, under another pinned name: made at the first call.
    std::string image(const std::string& name, const std::vector<std::string>& changes) const;

    // The engine's side of things. `path` without a version prefix or with one.
    HttpReply curl(const std::string& method, const std::string& path,
                   const std::string& body = {}) const;
    // The docker program against this engine.
    Finished cli(std::vector<std::string> arguments) const;
    Command cli_command(std::vector<std::string> arguments) const;
    // Runs a command inside a running container.
    Finished exec(const std::string& container, std::vector<std::string> argv) const;
    // A command line that runs in the engine's network, where containers can be reached.
    Command inside_network(std::vector<std::string> argv) const;
    // Removes a tenant's container, network and volumes by their names, whichever are there.
    void remove_tenant(const std::string& tenant) const;

  private:
    DockerEngine();

    std::string endpoint_, netns_, image_;
};

}  // namespace nexus::test
