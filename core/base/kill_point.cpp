#include "base/kill_point.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace nexus {
namespace {

// A test that sees which points a process comes by knows where it can be killed.
void note_passage(std::string_view name) {
    static const int file = [] {
        const char* const path = std::getenv("NEXUS_KILL_LOG");
        constexpr mode_t private_file = 0600;
        return path == nullptr
                   ? -1
                   : ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, private_file);
    }();
    if (file < 0) return;
    const std::string line = std::string(name) + "\n";
    if (::write(file, line.data(), line.size()) < 0) throw std::runtime_error("NEXUS_KILL_LOG");
}

}  // namespace

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
    note_passage(name);
    if (!plan.due(name)) return;
    ::kill(::getpid(), SIGKILL);
    while (true)
        ::pause();  // until the signal has reached this thread too
}

}  // namespace nexus
