#include "engine/unreachable.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

namespace nexus::engine {
namespace {

namespace fs = std::filesystem;

std::optional<struct stat> look_at(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return std::nullopt;
    return found;
}

// The first folder on the way to `path` behind which nothing can be seen.
std::string closed_folder(const std::string& path) {
    fs::path folder = "/";
    for (const auto& step : fs::path(path).relative_path()) {
        if (::faccessat(AT_FDCWD, folder.c_str(), X_OK, AT_EACCESS) != 0) break;
        folder /= step;
    }
    return folder.string();
}

std::string denied(const std::string& path) {
    const std::string user = "user " + std::to_string(::geteuid());
    const auto socket = look_at(path);
    if (!socket) {
        return user + " may not enter " + closed_folder(path) +
               ", where the socket is; run nexus-runner as the owner of that folder, or let a "
               "group of this user enter it (chgrp, chmod g+x)";
    }
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0) {
        return "the socket's permissions let " + user +
               " in, so something else forbids it, such as SELinux (in compose: security_opt: "
               "[\"label=disable\"])";
    }
    const bool open_to_group = (socket->st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP);
    if (!open_to_group) {
        return user + " may not open the socket, which is for user " +
               std::to_string(socket->st_uid) +
               " alone; run nexus-runner as that user, or let a group of this user in (chgrp, "
               "chmod g+rw)";
    }
    const std::string group = std::to_string(socket->st_gid);
    return user + " may not open the socket, which is for group " + group +
           "; in compose add group_add: [\"" + group +
           "\"] to the service, outside a container run usermod -aG " + group + " USER";
}

std::string mend(const Engine& engine, int error) {
    const std::string is_running = "is " + engine.daemon + " running?";
    const std::string& path = engine.endpoint.path;
    if (path.empty()) {
        return (error == ECONNREFUSED ? "nobody listens there"
                                      : std::generic_category().message(error)) +
               "; " + is_running;
    }
    if (error == EACCES || error == EPERM) return denied(path);
    const auto found = look_at(path);
    if (found && S_ISDIR(found->st_mode)) {
        return "this is a folder, as an engine makes it where a socket that was not there was to "
               "be mounted; start " +
               engine.daemon + ", remove the folder on the host, and make this container anew";
    }
    if (error == ENOENT || error == ENOTDIR) {
        return "there is no such socket; " + is_running +
               " In a container it must be mounted as well: volumes: [\"" + path + ":" + path +
               "\"]";
    }
    if (error == ECONNREFUSED) return "nobody listens on the socket; " + is_running;
    return std::generic_category().message(error) + "; " + is_running;
}

}  // namespace

BackendError unreachable(const Engine& engine, int error) {
    const bool mends_itself = error != EACCES && error != EPERM;
    return {Code::unavailable, engine.name() + " cannot be reached: " + mend(engine, error),
            mends_itself};
}

}  // namespace nexus::engine
