#include "base/backoff.hpp"

#include <algorithm>

namespace nexus {

using std::chrono::milliseconds;

Backoff::Backoff(milliseconds least, milliseconds first, milliseconds most)
    : least_(least), first_(first), most_(most), random_(std::random_device{}()) {}

milliseconds Backoff::next() {
    constexpr int most_doublings = 20;  // 2^20 × any sensible first wait is beyond every `most`
    const auto ceiling = std::min(most_, first_ * (1 << std::min(tries_, most_doublings)));
    ++tries_;
    std::uniform_int_distribution<milliseconds::rep> spread(0, ceiling.count());
    return std::max(least_, milliseconds(spread(random_)));
}

}  // namespace nexus
