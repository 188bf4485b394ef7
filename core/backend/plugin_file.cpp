#include "backend/plugin_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nexus/unique_fd.hpp>
#include <optional>
#include <system_error>

#include "backend/plugin_error.hpp"

namespace nexus {
namespace {

using Header = ElfW(Ehdr);

std::string text_of(int error) {
    return std::generic_category().message(error);
}

std::string real_path(const std::string& path) {
    if (path.empty() || path.front() != '/') {
        throw PluginError(path, "the path is not absolute",
                          "name a plugin, or a file by its absolute path, in BACKEND");
    }
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                           &std::free);
    if (real) return real.get();
    if (errno == ENOENT) {
        throw PluginError(path, "there is no such file",
                          "set BACKEND to an installed plugin, or PLUGIN_DIR to their folder");
    }
    throw PluginError(path, "cannot be found: " + text_of(errno), "check the path");
}

// What may be changed by others may be code of others.
void require_private(const std::string& path, const std::string& what, const std::string& changed,
                     const struct stat& status) {
    if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
        throw PluginError(path,
                          what + " belongs to user " + std::to_string(status.st_uid) +
                              ", neither root nor the runner's own",
                          "chown root " + changed);
    }
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw PluginError(path, what + " is writable by its group or by others",
                          "chmod go-w " + changed);
    }
}

std::optional<Header> read_header(int fd) {
    Header header{};
    const auto got = ::pread(fd, &header, sizeof(header), 0);
    if (got != static_cast<ssize_t>(sizeof(header))) return std::nullopt;
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
    return header;
}

// The program's own header says what a plugin's must say.
Header own_header(const std::string& path) {
    const UniqueFd self(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    const auto header = self ? read_header(self.get()) : std::nullopt;
    if (header) return *header;
    throw PluginError(path, "cannot be compared with this program: /proc/self/exe is not readable",
                      "mount /proc");
}

std::string machine_of(const Header& header) {
    std::string number = "ELF machine " + std::to_string(header.e_machine);
    if (header.e_machine == EM_X86_64) return "x86-64 (" + number + ")";
    if (header.e_machine == EM_AARCH64) return "AArch64 (" + number + ")";
    return number;
}

void require_library(const std::string& path, int fd) {
    const auto header = read_header(fd);
    const std::string rebuild = "build the plugin as a shared library on this kind of machine";
    if (!header) throw PluginError(path, "is not an ELF shared library", rebuild);
    const Header own = own_header(path);
    for (const int field : {EI_CLASS, EI_DATA}) {
        if (header->e_ident[field] == own.e_ident[field]) continue;
        throw PluginError(path, "is an ELF file of another word size or byte order", rebuild);
    }
    if (header->e_machine != own.e_machine) {
        throw PluginError(
            path, "is built for " + machine_of(*header) + ", this runner for " + machine_of(own),
            rebuild);
    }
    if (header->e_type != ET_DYN) {
        throw PluginError(path, "is an ELF file, but no shared library", rebuild);
    }
}

}  // namespace

std::string require_loadable(const std::string& path) {
    std::string real = real_path(path);
    // O_NONBLOCK: a FIFO under this name must not hold the start.
    const UniqueFd file(::open(real.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) {
        throw PluginError(real, "cannot be opened: " + text_of(errno),
                          "let the runner's user read it");
    }
    if (!S_ISREG(status.st_mode)) {
        throw PluginError(real, "is not a plain file", "name the plugin's .so file");
    }
    require_private(real, "the file", real, status);
    const std::string folder = std::filesystem::path(real).parent_path();
    if (::stat(folder.c_str(), &status) != 0) {
        throw PluginError(real, "its folder cannot be read: " + text_of(errno), "check its modes");
    }
    require_private(real, "its folder " + folder, folder, status);
    require_library(real, file.get());
    return real;
}

}  // namespace nexus
