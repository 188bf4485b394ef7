#include "redis/session.hpp"

#include <algorithm>
#include <utility>

#include "redis/wait.hpp"

namespace nexus::redis {

using std::chrono::steady_clock;

Session::Session(Endpoint endpoint, std::string purpose, Log& log, int stop_fd)
    : endpoint_(std::move(endpoint)),
      purpose_(std::move(purpose)),
      log_(log),
      stop_fd_(stop_fd),
      backoff_(std::chrono::milliseconds(100), std::chrono::milliseconds(100),
               std::chrono::seconds(20)) {}

Connection& Session::ready() {
    if (!connection_ || !connection_->is_open()) {
        connection_.reset();
        proven_ = false;
        connection_.emplace(endpoint_, stop_fd_);
        endpoint_.sentinels = connection_->endpoint().sentinels;
        if (!doubted_) announce_connected();
    }
    return *connection_;
}

void Session::succeeded() {
    proven_ = true;
    doubted_ = false;
    backoff_.reset();
    announce_connected();
}

void Session::recover(const Error& error) {
    const bool has_connection = connection_ && connection_->is_open();
    switch (error.kind()) {
        case ErrorKind::command:
        case ErrorKind::cancelled:
            throw;
        case ErrorKind::refused:
            if (!has_connection) announce_lost(error);
            throw;
        case ErrorKind::unreachable:
        case ErrorKind::moved:
        case ErrorKind::protocol:
        case ErrorKind::timeout:
            break;
    }
    doubted_ = connection_.has_value() && !proven_;
    if (!proven_) mistrust_sentinel();
    connection_.reset();
    announce_lost(error);
    if (on_retry_) on_retry_();
    if (wait_for(-1, 0, Wait::lasting(backoff_.next(), stop_fd_)) == Ready::cancelled)
        throw Error(ErrorKind::cancelled,
                    "waiting for Redis " + endpoint_.describe() + " was cancelled");
}

// The one that was asked first may be cut off from the others, and name a dead master for ever.
void Session::mistrust_sentinel() {
    auto& sentinels = endpoint_.sentinels;
    if (!sentinels.empty()) std::rotate(sentinels.begin(), sentinels.begin() + 1, sentinels.end());
}

void Session::announce_connected() {
    if (connected()) return;
    const std::string peer = connection_->endpoint().describe();
    connected_.store(true, std::memory_order_relaxed);
    if (!std::exchange(announced_lost_, false)) {
        log_.info("Redis is connected", {{"redis", peer}, {"purpose", purpose_}});
        return;
    }
    const auto away =
        std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - lost_at_);
    log_.info(
        "Redis is back",
        {{"redis", peer}, {"purpose", purpose_}, {"seconds_away", std::to_string(away.count())}});
}

void Session::announce_lost(const Error& error) {
    connected_.store(false, std::memory_order_relaxed);
    if (std::exchange(announced_lost_, true)) return;
    lost_at_ = steady_clock::now();
    log_.warning("Redis is lost", {{"redis", endpoint_.describe()},
                                   {"purpose", purpose_},
                                   {"class", std::string(to_string(error.kind()))},
                                   {"error", error.what()}});
}

}  // namespace nexus::redis
