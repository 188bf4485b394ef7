#include "engine/folder_exchange.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nexus/backend.hpp>
#include <nexus/unique_fd.hpp>
#include <system_error>

#include "archive/volume_error.hpp"

namespace nexus::engine {
namespace {

void keep(const std::string& folder) {
    const std::string parent = std::filesystem::path(folder).parent_path();
    const UniqueFd opened(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened && ::fsync(opened.get()) == 0) return;
    archive::fail(errno, "two volumes were exchanged, but " + archive::in_quotes(parent) +
                             " cannot be written to the disk");
}

[[noreturn]] void refuse(int error, const std::string& first, const std::string& second) {
    const std::string what = archive::in_quotes(first) + " and " + archive::in_quotes(second) +
                             " cannot be exchanged in one step";
    switch (error) {
        case EINVAL:
        case ENOSYS:
        case EXDEV:
        case EBUSY:
            throw BackendError(Code::unsupported,
                               what + ": " + std::generic_category().message(error) +
                                   "; the engine's volumes must be plain folders of one file "
                                   "system that knows RENAME_EXCHANGE, mounted as a whole where "
                                   "the runner sees them",
                               false);
        default:
            archive::fail(error, what);
    }
}

}  // namespace

void exchange_folders(const std::string& first, const std::string& second) {
    if (::renameat2(AT_FDCWD, first.c_str(), AT_FDCWD, second.c_str(), RENAME_EXCHANGE) < 0) {
        refuse(errno, first, second);
    }
    keep(first);
    keep(second);
}

}  // namespace nexus::engine
