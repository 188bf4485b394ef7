#include "archive/file_facts.hpp"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nexus/backend.hpp>
#include <string_view>

#include "archive/beneath.hpp"

namespace nexus::archive {
namespace {

// A reader of tars takes no header of more than 1 MiB.
constexpr std::size_t max_total = 768U << 10U;

constexpr std::array whole_names{"security.capability", "system.posix_acl_access",
                                 "system.posix_acl_default"};

void set_attribute(int fd, const std::string& name, const std::string& value,
                   const std::string& path, Losses& losses) {
    if (::setxattr(PathOf(fd).c_str(), name.c_str(), value.data(), value.size(), 0) == 0) return;
    const int error = errno;
    const std::string attribute = "the extended attribute " + in_quotes(name);
    switch (error) {
        case EOPNOTSUPP:
            losses.add(attribute + ": the volume's file system has none of its kind");
            return;
        case EINVAL:
        case ERANGE:
        case E2BIG:
            throw BackendError(Code::invalid,
                               attribute + " of " + in_quotes(path) + " has no valid name or value",
                               false);
        default:
            fail(error, attribute + " of " + in_quotes(path) + " cannot be set");
    }
}

}  // namespace

bool is_kept(std::string_view attribute) {
    return attribute.starts_with("user.") || attribute.starts_with("trusted.") ||
           std::find(whole_names.begin(), whole_names.end(), attribute) != whole_names.end();
}

Attributes AttributeReader::read(int fd, const std::string& path, Losses& losses) {
    const PathOf file(fd);
    const ssize_t listed = ::listxattr(file.c_str(), names_.data(), names_.size());
    if (listed < 0 && errno != EOPNOTSUPP) {
        fail(errno, "the extended attributes of " + in_quotes(path) + " cannot be read");
    }
    Attributes result;
    std::size_t total = 0;
    std::string_view names(names_.data(), static_cast<std::size_t>(std::max<ssize_t>(listed, 0)));
    while (!names.empty()) {
        const std::string name(names.substr(0, names.find('\0')));
        names.remove_prefix(std::min(names.size(), name.size() + 1));
        if (!is_kept(name)) continue;
        const ssize_t size = ::getxattr(file.c_str(), name.c_str(), value_.data(), value_.size());
        if (size < 0 && errno == ENODATA) continue;
        if (size < 0)
            fail(errno, "an extended attribute of " + in_quotes(path) + " cannot be read");
        total += name.size() + static_cast<std::size_t>(size);
        if (total > max_total) {
            losses.add("extended attributes beyond 768 KiB: " + in_quotes(path));
            break;
        }
        result.emplace_back(name, std::string(value_.data(), static_cast<std::size_t>(size)));
    }
    std::sort(result.begin(), result.end());
    return result;
}

void apply(int fd, const FileFacts& facts, const std::string& path, Losses& losses) {
    // In this order: a new owner takes the setuid bit and capabilities away, and an attribute may
    // need a mode that lets its owner write.
    if (::fchownat(fd, "", facts.uid, facts.gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) < 0) {
        fail(errno, in_quotes(path) + " cannot be given its owner " + std::to_string(facts.uid) +
                        ":" + std::to_string(facts.gid));
    }
    for (const auto& [name, value] : facts.attributes)
        set_attribute(fd, name, value, path, losses);
    const PathOf file(fd);
    if (!S_ISLNK(facts.mode) && ::chmod(file.c_str(), facts.mode & 07777U) < 0) {
        fail(errno, in_quotes(path) + " cannot be given its mode");
    }
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, facts.mtime};
    if (::utimensat(AT_FDCWD, file.c_str(), times.data(), 0) < 0) {
        fail(errno, in_quotes(path) + " cannot be given its time");
    }
}

}  // namespace nexus::archive
