#include "conformance/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>

#include "conformance/check.hpp"

namespace nexus::conformance {

UniqueFd memory_file(std::string_view bytes) {
    UniqueFd file(::memfd_create("check", MFD_CLOEXEC));
    while (!bytes.empty()) {
        const auto written = ::write(file.get(), bytes.data(), bytes.size());
        if (written <= 0) throw Broken("this machine has no room for a file in memory");
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

std::string bytes_in(const UniqueFd& file) {
    std::string bytes;
    std::array<char, 65'536> piece{};
    ::lseek(file.get(), 0, SEEK_SET);
    for (ssize_t got = 0; (got = ::read(file.get(), piece.data(), piece.size())) > 0;)
        bytes.append(piece.data(), static_cast<std::size_t>(got));
    return bytes;
}

}  // namespace nexus::conformance
