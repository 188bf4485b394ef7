#include "cli/end_signals.hpp"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace nexus::cli {

EndSignals::EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    descriptor_.reset(::signalfd(-1, &set_, SFD_CLOEXEC));
    if (!descriptor_) throw std::system_error(errno, std::generic_category(), "signalfd");
}

void EndSignals::let_through() const {
    signalfd_siginfo seen{};
    if (::read(fd(), &seen, sizeof seen) < 0) return;
    pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
}

}  // namespace nexus::cli
