#include "base/progress.hpp"

#include <utility>

namespace nexus {

Progress::Beat Progress::add(std::string name) {
    Beat beat(std::make_shared<Beat::Last>(0));
    beat.beat();
    const std::scoped_lock lock(mutex_);
    // Loops that came and went leave nothing behind.
    std::erase_if(entries_, [](const Entry& entry) { return entry.last.expired(); });
    entries_.push_back({std::move(name), beat.last_});
    return beat;
}

std::optional<std::string> Progress::stalled(Clock::time_point now, Clock::duration limit) const {
    const std::scoped_lock lock(mutex_);
    std::optional<std::string> slowest;
    Clock::time_point oldest = now - limit;
    for (const auto& entry : entries_) {
        const auto last = entry.last.lock();
        if (!last) continue;
        const Clock::time_point beaten{Clock::duration(last->load())};
        if (beaten >= oldest) continue;
        oldest = beaten;
        slowest = entry.name;
    }
    return slowest;
}

}  // namespace nexus
