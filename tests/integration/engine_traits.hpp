// Where the engines differ in what <nexus/backend.hpp> leaves open: the one place where the tests
// say so. Threads: plain values.
#pragma once

#include <string>

namespace nexus::test {

struct EngineTraits {
    // Which of the two keeps a runtime up that ends by itself: the engine ("unless-stopped"), or,
    // because the engine does so without any pause, the runner ("no").
    std::string restart_policy;
    std::string init;            // how the container's first process calls itself
    int missing_program_exit;    // what the init ends with where there is no such command
    bool reports_out_of_memory;  // ContainerState::oom_killed
    bool stopped_holds_network;  // a network is in use also by a container that does not run
    bool outlives_service;       // containers run on while the engine's service is away
    bool one_log_file;           // as large as all the files of the spec together
};

// `kind` is that of a ContainerEngine.
inline EngineTraits traits_of(const std::string& kind) {
    if (kind == "podman") {
        return {.restart_policy = "no",
                .init = "podman-init",
                .missing_program_exit = 1,
                .reports_out_of_memory = false,
                .stopped_holds_network = true,
                .outlives_service = true,
                .one_log_file = true};
    }
    return {.restart_policy = "unless-stopped",
            .init = "docker-init",
            .missing_program_exit = 127,
            .reports_out_of_memory = true,
            .stopped_holds_network = false,
            .outlives_service = false,
            .one_log_file = false};
}

}  // namespace nexus::test
