// A container engine of the tests, of either kind: looked at from the engine's own side, past the
// plugin that is being tested. Threads: any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/curl.hpp"
#include "support/engine_facts.hpp"
#include "support/private_engine.hpp"
#include "support/process.hpp"

namespace nexus::test {

class ContainerEngine {
  public:
    // The one engine of this kind that the tests of a process share: that of NEXUS_TEST_DOCKER or
    // NEXUS_TEST_PODMAN, else a private one. Throws Unavailable where none can be had.
    static ContainerEngine& get(const std::string& kind);
    // That of the kind which NEXUS_TEST_ENGINE names; docker where it is not set.
    static ContainerEngine& under_test();
    // A private one for a test that ends its service.
    explicit ContainerEngine(const std::string& kind);

    const std::string& kind() const noexcept { return kind_; }  // "docker" or "podman"
    const std::string& endpoint() const noexcept { return endpoint_; }
    // The pinned image of a runtime that writes /data/state/heartbeat every second,
    // /data/state/starts (a line a start) and /data/session/session (once), and answers HTTP on
    // $BRIDGE_PORT.
    const std::string& image() const noexcept { return image_; }
    // The same with further Dockerfile lines, under another pinned name: made at the first call.
    std::string image(const std::string& name, const std::vector<std::string>& changes) const;

    // Docker's API, which both kinds answer. `path` without a version prefix or with one.
    HttpReply curl(const std::string& method, const std::string& path,
                   const std::string& body = {}) const;
    bool has_container(const std::string& name) const;
    bool has_network(const std::string& name) const { return networks(name) > 0; }
    // How many there are of this exact name; an engine may let several have one.
    std::ptrdiff_t networks(const std::string& name) const;
    bool has_volume(const std::string& name) const;
    // The engine's own word on a container, in the members that both kinds have.
    EngineFacts facts(const std::string& container) const;
    // The first name by digest that the engine knows an image under.
    std::string digest_of(const std::string& image) const;
    // Removes all that carries the label `key`=`value`, of which only word characters are allowed.
    void remove_labelled(const std::string& key, const std::string& value) const;
    // Removes a tenant's containers, network and volumes by their names, whichever are there.
    void remove_tenant(const std::string& tenant) const;
    void remove_container(const std::string& name) const;

    // Runs a command inside a running container.
    Finished exec(const std::string& container, const std::vector<std::string>& argv) const;
    // The file of the engine's network namespace; empty where it is not a private one.
    const std::string& network_path() const noexcept { return netns_; }
    // A command line that runs in the engine's network, where containers can be reached.
    Command inside_network(std::vector<std::string> argv) const;

    // Ends the service as a crash would, and starts it again. Only on a private engine.
    void kill_service() const;
    void restart_service() const;

  private:
    ContainerEngine(const std::string& kind, const std::string& endpoint);

    std::string kind_;
    std::unique_ptr<PrivateEngine> own_;
    std::string endpoint_, netns_, image_;
};

}  // namespace nexus::test
