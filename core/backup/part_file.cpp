#include "backup/part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/random.hpp"

namespace nexus::backup {
namespace {

[[noreturn]] void fail(const Directory& folder, const std::string& name) {
    throw std::system_error(errno, std::generic_category(), folder.path() + "/" + name);
}

}  // namespace

PartFile::PartFile(const Directory& tmp) : tmp_(tmp), name_(make_id() + ".part") {
    constexpr mode_t mode = 0600;
    file_ = UniqueFd(::openat(tmp.fd(), name_.c_str(),
                              O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file_) fail(tmp, name_);
}

PartFile::~PartFile() {
    if (!name_.empty()) ::unlinkat(tmp_.fd(), name_.c_str(), 0);
}

UniqueFd PartFile::release() {
    if (::unlinkat(tmp_.fd(), name_.c_str(), 0) != 0) fail(tmp_, name_);
    name_.clear();
    return std::move(file_);
}

void PartFile::sync() const {
    if (::fsync(fd()) != 0) fail(tmp_, name_);
}

void PartFile::publish(const Directory& folder, const std::string& name) {
    if (::renameat(tmp_.fd(), name_.c_str(), folder.fd(), name.c_str()) != 0) fail(folder, name);
    name_.clear();
}

}  // namespace nexus::backup
