#include "app/state_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "app/start_failure.hpp"

namespace nexus::app {
namespace {

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace

void make_folder(const std::string& path, const std::string& setting) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) {
        throw StartFailure(exit_config,
                           setting + " " + path + " cannot be made: " + error.message() +
                               "; make it and give it to the user that runs nexus-runner");
    }
}

UniqueFd lock_state_dir(const std::string& state_dir) {
    make_folder(state_dir, "STATE_DIR");
    const std::string path = state_dir + "/lock";
    UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) {
        throw StartFailure(exit_config, "STATE_DIR " + state_dir +
                                            " cannot be written: " + reason(errno) +
                                            "; give it to the user that runs nexus-runner");
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        throw StartFailure(exit_lease_held,
                           "another nexus-runner on this machine uses STATE_DIR " + state_dir +
                               "; stop it, or give this one a folder and a NODE_NAME of its own");
    }
    return file;
}

}  // namespace nexus::app
