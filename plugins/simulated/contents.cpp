#include "contents.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace simulated {
namespace {

using nexus::BackendError;
using nexus::Code;

constexpr std::size_t block = 512;

BackendError malformed(const std::string& problem) {
    return {Code::invalid, "the archive " + problem + "; give a whole POSIX tar", false};
}

// A number of a tar header: octal digits, then a space or NUL.
std::uint64_t octal(std::string_view field) {
    std::uint64_t value = 0;
    const auto first = field.find_first_not_of(' ');
    if (first == std::string_view::npos) throw malformed("has a header without a size");
    const char* const end = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data() + first, end, value, 8);
    if (error != std::errc() || (stop != end && *stop != ' ' && *stop != '\0')) {
        throw malformed("has a header whose size is no number");
    }
    return value;
}

bool is_zero(std::string_view bytes) {
    return bytes.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace

nexus::VolumeCopy check_tar(std::string_view bytes) {
    nexus::VolumeCopy copy{"archive", {}, {}, 0, 0};
    while (bytes.size() >= 2 * block && !is_zero(bytes.substr(0, block))) {
        constexpr std::size_t magic_at = 257;
        constexpr std::size_t size_at = 124;
        constexpr std::size_t size_length = 12;
        constexpr std::size_t type_at = 156;
        if (bytes.substr(magic_at, 5) != "ustar") throw malformed("is no tar");
        const std::uint64_t size = octal(bytes.substr(size_at, size_length));
        const std::size_t left = bytes.size() - block;
        if (size > left) throw malformed("is cut");
        const char type = bytes[type_at];
        const bool root = type == '5' && bytes.starts_with(std::string_view("./\0", 3));
        if (type != 'x' && type != 'g' && !root) ++copy.entries;
        if (type == '0') copy.bytes += static_cast<std::int64_t>(size);
        const std::uint64_t padded = (size + block - 1) / block * block;
        bytes.remove_prefix(block +
                            static_cast<std::size_t>(std::min<std::uint64_t>(padded, left)));
    }
    if (bytes.size() < 2 * block || !is_zero(bytes)) throw malformed("is cut, or is no tar");
    return copy;
}

std::string Contents::get(const std::string& volume) const {
    if (!folder_.empty()) {
        std::ifstream file(file_of(volume), std::ios::binary);
        if (file) return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    } else if (const auto found = tars_.find(volume); found != tars_.end()) {
        return found->second;
    }
    return std::string(2 * block, '\0');
}

void Contents::put(const std::string& volume, const std::string& tar) {
    const bool taken =
        folder_.empty() ? tars_.count(volume) > 0 : ::access(file_of(volume).c_str(), F_OK) == 0;
    if (taken) {
        throw BackendError(Code::conflict,
                           "the volume " + volume + " is not empty; import into a new one", false);
    }
    if (folder_.empty()) {
        tars_[volume] = tar;
        return;
    }
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    const std::string temporary = file_of(volume) + ".tmp";
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << tar << std::flush;
    if (!file || ::rename(temporary.c_str(), file_of(volume).c_str()) != 0) {
        throw BackendError(Code::internal,
                           "the volume " + volume + " cannot be kept in " + folder_ + ": " +
                               std::generic_category().message(errno),
                           false);
    }
}

void Contents::swap(const std::string& first, const std::string& second) {
    if (!folder_.empty()) {
        swap_files(file_of(first), file_of(second));
        return;
    }
    auto left = tars_.extract(first);
    auto right = tars_.extract(second);
    if (left) tars_[second] = std::move(left.mapped());
    if (right) tars_[first] = std::move(right.mapped());
}

// One that nothing was imported into has no file.
void Contents::swap_files(const std::string& first, const std::string& second) const {
    const bool left = ::access(first.c_str(), F_OK) == 0;
    const bool right = ::access(second.c_str(), F_OK) == 0;
    if (!left && !right) return;
    const std::string& from = left ? first : second;
    const std::string& to = left ? second : first;
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),
                    left && right ? RENAME_EXCHANGE : 0U) == 0) {
        return;
    }
    const Code code = errno == EINVAL ? Code::unsupported : Code::internal;
    throw BackendError(code,
                       "two volumes in " + folder_ +
                           " cannot be exchanged: " + std::generic_category().message(errno),
                       false);
}

void Contents::forget(const std::string& volume) {
    tars_.erase(volume);
    if (!folder_.empty()) ::unlink(file_of(volume).c_str());
}

std::string Contents::file_of(const std::string& volume) const {
    return folder_ + "/" + volume + ".tar";
}

}  // namespace simulated
