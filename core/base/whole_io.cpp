#include "base/whole_io.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace nexus {
namespace {

[[noreturn]] void fail(std::string_view what) {
    throw std::system_error(errno, std::generic_category(), std::string(what));
}

}  // namespace

void write_all(int fd, std::string_view bytes, std::string_view what) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(what);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::size_t read_full(int fd, std::span<char> room, std::string_view what) {
    std::size_t filled = 0;
    while (filled < room.size()) {
        const ssize_t got = ::read(fd, room.data() + filled, room.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(what);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

}  // namespace nexus
