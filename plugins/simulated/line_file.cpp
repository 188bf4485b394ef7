#include "line_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <nexus/backend.hpp>
#include <system_error>

namespace simulated {
namespace {

nexus::BackendError failure(const std::string& what, const std::string& path) {
    return {nexus::Code::internal,
            "the " + what + " " + path +
                " cannot be written: " + std::generic_category().message(errno),
            false};
}

}  // namespace

LineFile::LineFile(std::string what, std::string path)
    : what_(std::move(what)), path_(std::move(path)) {
    if (path_.empty()) return;
    fd_.reset(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!fd_) throw failure(what_, path_);
}

void LineFile::write(std::string line) const {
    if (!wanted()) return;
    line += '\n';
    // One write: lines of other threads and processes stay whole beside it.
    if (::write(fd_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw failure(what_, path_);
    }
}

}  // namespace simulated
