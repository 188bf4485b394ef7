#include "engine/beside.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <exception>
#include <nexus/unique_fd.hpp>
#include <thread>

#include "archive/volume_error.hpp"
#include "engine/cancel_signal.hpp"

namespace nexus::engine {
namespace {

// Becomes readable with either of two.
class EitherSignal {
  public:
    EitherSignal(int first, int second) : both_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (!both_) archive::fail(errno, "a copy cannot be made to end in time");
        for (const int fd : {first, second}) {
            epoll_event wanted{};
            wanted.events = EPOLLIN;
            if (fd >= 0 && ::epoll_ctl(both_.get(), EPOLL_CTL_ADD, fd, &wanted) < 0) {
                archive::fail(errno, "a copy cannot be made to end in time");
            }
        }
    }
    int fd() const noexcept { return both_.get(); }

  private:
    UniqueFd both_;
};

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) < 0) archive::fail(errno, "a copy has no pipe");
        reader.reset(ends[0]);
        writer.reset(ends[1]);
        constexpr int room = 1 << 20;
        ::fcntl(writer.get(), F_SETPIPE_SZ, room);  // faster, where it is granted
    }
    UniqueFd reader;
    UniqueFd writer;
};

}  // namespace

VolumeCopy run_beside(const CallContext& ctx, Source source, const Exchange& exchange,
                      const Work& work) {
    Pipe pipe;
    UniqueFd& theirs = source == Source::engine ? pipe.writer : pipe.reader;
    UniqueFd& ours = source == Source::engine ? pipe.reader : pipe.writer;
    const CancelSignal broken_off;
    CallContext their_ctx = ctx;
    const EitherSignal either(ctx.cancel_fd, broken_off.fd());
    their_ctx.cancel_fd = either.fd();

    std::exception_ptr their_failure;
    std::atomic<bool> they_failed = false;
    std::jthread thread([&] {
        try {
            exchange(their_ctx, theirs.get());
        } catch (...) {
            their_failure = std::current_exception();
            they_failed = true;
        }
        theirs.reset();
    });

    VolumeCopy copy;
    std::exception_ptr our_failure;
    try {
        copy = work(ours.get());
    } catch (...) {
        if (!they_failed) our_failure = std::current_exception();
        broken_off.cancel();
    }
    ours.reset();
    thread.join();
    if (our_failure) std::rethrow_exception(our_failure);
    if (their_failure) std::rethrow_exception(their_failure);
    return copy;
}

}  // namespace nexus::engine
