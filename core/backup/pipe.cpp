#include "backup/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <mutex>
#include <nexus/unique_fd.hpp>
#include <system_error>
#include <thread>

#include "archive/sigpipe.hpp"

namespace nexus::backup {
namespace {

// What the second half throws is most often only that the first one is gone.
class FirstFailure {
  public:
    // Calls `half` with the descriptor, and closes that.
    void run(const OnDescriptor& half, UniqueFd end) {
        try {
            half(end.get());
        } catch (...) {
            const std::scoped_lock lock(mutex_);
            if (!failure_) failure_ = std::current_exception();
        }
    }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    std::mutex mutex_;
    std::exception_ptr failure_;
};

}  // namespace

void through_pipe(const OnDescriptor& write, const OnDescriptor& read) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "a pipe for a copy");
    }
    UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    FirstFailure failure;
    {
        const std::jthread writer([&failure, &write, end = std::move(writing)]() mutable {
            const archive::SigpipeHeldBack held_back;
            failure.run(write, std::move(end));
        });
        failure.run(read, std::move(reading));
    }
    failure.rethrow();
}

}  // namespace nexus::backup
