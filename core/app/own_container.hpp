// The container that this process runs in: what the kernel shows of it, and what the engine says.
// Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::app {

// A mount in this process's file system, as /proc/self/mountinfo has it.
struct KernelMount {
    std::string root;    // the path within the mounted file system
    std::string target;  // where it is mounted
    std::string type;    // "overlay", "ext4", "tmpfs"
};

struct OwnContainer {
    std::vector<std::string> ids;     // what its id may be, whole or its beginning
    std::vector<KernelMount> mounts;  // in the order in which they were made
};

// Lines that are none are left out.
std::vector<KernelMount> parse_mountinfo(std::string_view text);

// Docker and Podman both mount files of the container's own folder, which is called by its id; that
// holds on any network and under any cgroup. Where these are hidden, the host name may be the
// beginning of the id.
std::vector<std::string> possible_ids(const std::vector<KernelMount>& mounts,
                                      const std::string& host_name);

// Nothing where this process is in no container.
std::optional<OwnContainer> own_container();

// The mount that `path` is on; nothing where none is known.
const KernelMount* mount_of(const std::vector<KernelMount>& mounts, std::string_view path);

// The engine's word on the container; nothing where it does not know it. Throws BackendError.
std::optional<ContainerState> find_own(Backend& backend, const CallContext& ctx,
                                       const OwnContainer& own);

// A path as mounts are called: with no slash behind it, unless it is the root.
std::string without_end(std::string_view path);

// Where `path` of a container is on the engine's host; nothing where no mount leads there.
std::optional<std::string> host_path(const std::vector<BindMount>& mounts, std::string_view path);

}  // namespace nexus::app
