#include "tenants/turn_locks.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace nexus::tenants {
namespace {

// FNV-1a, the same in every build, into the 62 bits that a lock's place may have: of ten thousand
// tenants two share a byte once in 10^11 nodes, and then only wait for each other.
off_t byte_of(std::string_view tenant) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : tenant) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001b3U;
    }
    return static_cast<off_t>(hash >> 2U);
}

// Of the open file, so that a second descriptor of it which this process closes ends no lock, as
// it would with the older kind of POSIX.
bool set_lock(int fd, short type, off_t byte) noexcept {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = byte;
    lock.l_len = 1;
    return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

}  // namespace

TurnLocks::TurnLocks(const std::string& state_dir) {
    const std::string path = state_dir + "/turns";
    file_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_) throw std::system_error(errno, std::generic_category(), path);
    if (!set_lock(file_.get(), F_UNLCK, 0)) {
        throw std::system_error(errno, std::generic_category(), path + " cannot be locked");
    }
}

std::optional<TurnLocks::Held> TurnLocks::try_take(const config::TenantId& tenant) const noexcept {
    const off_t byte = byte_of(tenant.text());
    if (!set_lock(file_.get(), F_WRLCK, byte)) return std::nullopt;
    return Held(file_.get(), byte);
}

TurnLocks::Held::~Held() {
    if (fd_ >= 0) set_lock(fd_, F_UNLCK, byte_);
}

}  // namespace nexus::tenants
