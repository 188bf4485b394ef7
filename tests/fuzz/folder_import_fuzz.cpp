// Any bytes as the archive of a volume: its content in a folder, or one error, and never a file
// anywhere else.
#include <fcntl.h>
#include <ftw.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nexus/backend.hpp>
#include <nexus/unique_fd.hpp>
#include <string>

#include "archive/folder_archive.hpp"

namespace {

int remove_one(const char* path, const struct stat* /*status*/, int /*kind*/, FTW* /*place*/) {
    return std::remove(path);
}

// The only thing in a folder that must stay as it is.
class Target {
  public:
    Target() {
        if (::mkdtemp(parent_.data()) == nullptr || ::mkdir(path().c_str(), 0700) < 0) std::abort();
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;
    ~Target() { ::nftw(parent_.c_str(), remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT); }
    std::string path() const { return parent_ + "/to"; }
    bool is_alone() const {
        struct stat status {};
        return ::stat(parent_.c_str(), &status) == 0 && status.st_nlink == 3;
    }

  private:
    std::string parent_ = "/dev/shm/volume_import_fuzz.XXXXXX";
};

nexus::CallContext soon() {
    nexus::CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    return ctx;
}

bool is_expected(nexus::Code code) {
    using nexus::Code;
    return code == Code::invalid || code == Code::exhausted || code == Code::denied;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Target target;
    const nexus::UniqueFd in(::memfd_create("archive", MFD_CLOEXEC));
    if (::pwrite(in.get(), data, size, 0) != static_cast<ssize_t>(size)) std::abort();
    try {
        nexus::archive::import_folder(soon(), target.path(), in.get());
        const nexus::UniqueFd out(::open("/dev/null", O_WRONLY | O_CLOEXEC));
        nexus::archive::export_folder(soon(), target.path(), out.get());
    } catch (const nexus::BackendError& error) {
        if (!is_expected(error.code())) {
            std::fputs(error.what(), stderr);
            std::abort();
        }
    }
    if (!target.is_alone()) std::abort();
    return 0;
}
