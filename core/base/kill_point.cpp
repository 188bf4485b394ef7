#include "base/kill_point.hpp"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace nexus {

KillPlan::KillPlan(std::string_view text) {
    if (text.empty()) return;
    const auto colon = text.find(':');
    name_ = text.substr(0, colon);
    const auto count = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    long passages = 0;
    const char* const end = count.data() + count.size();
    const auto parsed = std::from_chars(count.data(), end, passages);
    if (name_.empty() || parsed.ec != std::errc() || parsed.ptr != end || passages < 1) {
        throw std::invalid_argument("NEXUS_KILL_AT is \"" + std::string(text) +
                                    "\"; write name:n, such as after_read:3");
    }
    left_ = passages;
}

bool KillPlan::due(std::string_view name) noexcept {
    return name == name_ && left_.fetch_sub(1) == 1;
}

// Noexcept, so that what the plan's constructor throws ends the process with its message.
void kill_point(std::string_view name) noexcept {
    // One count for all threads: which of them makes the n-th passage is chance, as with a crash.
    static KillPlan plan([] {
        const char* const text = std::getenv("NEXUS_KILL_AT");
        return text != nullptr ? text : "";
    }());
    if (!plan.due(name)) return;
    ::kill(::getpid(), SIGKILL);
    while (true)
        ::pause();  // until the signal has reached this thread too
}

}  // namespace nexus
