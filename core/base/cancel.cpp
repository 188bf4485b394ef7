#include "base/cancel.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>

namespace nexus {

bool is_cancelled(int cancel_fd) noexcept {
    pollfd cancel{cancel_fd, POLLIN, 0};
    return ::poll(&cancel, 1, 0) > 0;
}

CancelSource::CancelSource() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void CancelSource::cancel() noexcept {
    cancelled_ = true;
    ::eventfd_write(event_.get(), 1);
}

bool CancelSource::wait_for(std::chrono::milliseconds time) const noexcept {
    pollfd poll_one{event_.get(), POLLIN, 0};
    return ::poll(&poll_one, 1, static_cast<int>(time.count())) == 1;
}

}  // namespace nexus
