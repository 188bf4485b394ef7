#include "state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <nexus/backend.hpp>
#include <system_error>

namespace simulated {
namespace {

using nexus::Code;

[[noreturn]] void fail(Code code, const std::string& path, const std::string& problem) {
    throw nexus::BackendError(code, "the state_file " + path + " " + problem, false);
}

std::string why() {
    return std::generic_category().message(errno);
}

}  // namespace

StateFile::StateFile(std::string path) : path_(std::move(path)) {
    if (path_.empty()) return;
    // Not the file itself, which is another one with every change.
    lock_.reset(::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock_) fail(Code::invalid, path_, "cannot be locked: " + why());
}

void StateFile::lock() {
    while (lock_ && ::flock(lock_.get(), LOCK_EX) != 0) {
        if (errno != EINTR) fail(Code::internal, path_, "cannot be locked: " + why());
    }
}

void StateFile::unlock() noexcept {
    if (lock_) ::flock(lock_.get(), LOCK_UN);
}

std::uint64_t StateFile::count() const {
    std::uint64_t count = 0;
    if (::pread(lock_.get(), &count, sizeof count, 0) < 0) {
        fail(Code::internal, path_, "cannot be compared: " + why());
    }
    return count;
}

std::optional<State> StateFile::news() {
    if (path_.empty()) return std::nullopt;
    const auto now = count();
    if (now == seen_) return std::nullopt;
    if (::access(path_.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
    std::ifstream file(path_, std::ios::binary);
    if (!file) fail(Code::invalid, path_, "cannot be read");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    try {
        auto state = nexus::codec::decode<State>(text);
        seen_ = now;
        return state;
    } catch (const std::exception& error) {
        refuse(error.what());
    }
}

void StateFile::refuse(const std::string& reason) const {
    fail(Code::invalid, path_, "is malformed, mend or remove it: " + reason);
}

// There is no fsync: the file is to outlive the process, not the machine.
void StateFile::save(const State& state) {
    if (path_.empty()) return;
    const std::string temporary = path_ + ".tmp";
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    // An environment holds secrets.
    const bool open = file && ::chmod(temporary.c_str(), S_IRUSR | S_IWUSR) == 0;
    if (open) file << nexus::codec::encode(state) << std::flush;
    // Counted first: where this process dies before the rename, others read once too often.
    const auto next = count() + 1;
    const bool written =
        open && file && ::pwrite(lock_.get(), &next, sizeof next, 0) == sizeof next;
    if (!written || ::rename(temporary.c_str(), path_.c_str()) != 0) {
        fail(Code::internal, path_, "cannot be written: " + why());
    }
    seen_ = next;
}

}  // namespace simulated
