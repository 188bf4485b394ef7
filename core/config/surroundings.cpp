#include "config/surroundings.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace nexus::config {

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return {};
    return name.data();
}

bool in_container() {
    // Podman mounts its sign below /run, where it cannot be seen with --read-only.
    const char* const kind = std::getenv("container");
    if (kind != nullptr && std::string_view(kind) == "podman") return true;
    std::error_code ignored;  // a folder that cannot be looked into is no sign of a container
    return std::filesystem::exists("/.dockerenv", ignored) ||
           std::filesystem::exists("/run/.containerenv", ignored);
}

Surroundings process_surroundings(int log_fd) {
    Surroundings here;
    here.variable = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return value;
    };
    std::error_code
        ignored;  // without /proc there is no default PLUGIN_DIR, and the loader says so
    here.executable_dir =
        std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().string();
    here.host_name = host_name();
    here.in_container = in_container();
    here.on_terminal = ::isatty(log_fd) == 1;
    return here;
}

}  // namespace nexus::config
