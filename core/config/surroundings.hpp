// What the settings need to know of the process they are loaded in; tests make their own. Threads:
// as a plain value.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace nexus::config {

struct Surroundings {
    // An environment variable; nothing where it is not set. Required.
    std::function<std::optional<std::string>(const std::string& name)> variable;
    std::string settings_file = "/etc/nexus-runner/nexus-runner.properties";
    std::string executable_dir;
    std::string host_name;
    bool in_container = false;
    bool on_terminal = false;  // whether the log goes to one
};

// Whether this process runs in a container of Docker or Podman.
bool in_container();

// As the kernel has it; empty where it cannot be read.
std::string host_name();

// This process, with its log on `log_fd`. Not while another thread changes the environment.
Surroundings process_surroundings(int log_fd);

}  // namespace nexus::config
