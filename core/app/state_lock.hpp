// STATE_DIR belongs to one process at a time. Threads: a plain value.
#pragma once

#include <nexus/unique_fd.hpp>
#include <string>

namespace nexus::app {

// Makes the folder where it is missing, and locks it until the lock is destroyed or the process
// ends, however it ends. Throws StartFailure: `exit_lease_held` where another process has it,
// `exit_config` where it cannot be written.
UniqueFd lock_state_dir(const std::string& state_dir);

// Makes a folder of the operator's with its parents. Throws StartFailure `exit_config` naming
// `setting`.
void make_folder(const std::string& path, const std::string& setting);

}  // namespace nexus::app
