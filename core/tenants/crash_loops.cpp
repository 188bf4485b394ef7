#include "tenants/crash_loops.hpp"

#include <algorithm>

namespace nexus::tenants {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds soon = seconds(1);
constexpr milliseconds first_wait = seconds(10);
constexpr milliseconds longest_wait = minutes(5);
constexpr milliseconds long_enough_up = minutes(10);
constexpr int most_doublings = 5;  // 10 s × 2⁵ is more than the longest wait

milliseconds wait_after(int failures) {
    if (failures <= 1) return milliseconds(0);
    return std::min(first_wait * (1 << std::min(failures - 2, most_doublings)), longest_wait);
}

}  // namespace

CrashLoops::Verdict CrashLoops::ended(const TenantId& tenant, const std::string& run,
                                      std::optional<milliseconds> up, WallTime now) {
    const std::scoped_lock lock(mutex_);
    Entry& entry = entries_[tenant];
    if (entry.failures > 0 && entry.run == run) return {entry.due, false};
    if (up.value_or(now - entry.due) >= long_enough_up) entry = {};
    entry.run = run;
    entry.due = now + wait_after(++entry.failures);
    const bool begins = entry.failures > 1 && !entry.looping;
    entry.looping = entry.looping || begins;
    return {entry.due, begins};
}

int CrashLoops::repair_failed(const TenantId& tenant, WallTime now) {
    const std::scoped_lock lock(mutex_);
    Entry& entry = entries_[tenant];
    if (now - entry.due >= long_enough_up) entry = {};
    entry.due = now + (++entry.failures == 1 ? soon : wait_after(entry.failures));
    return entry.failures;
}

void CrashLoops::is_up(const TenantId& tenant, milliseconds up) {
    if (up >= long_enough_up) forget(tenant);
}

std::optional<WallTime> CrashLoops::due(const TenantId& tenant, WallTime now) const {
    const std::scoped_lock lock(mutex_);
    const auto known = entries_.find(tenant);
    if (known == entries_.end() || known->second.due <= now) return std::nullopt;
    return known->second.due;
}

std::optional<WallTime> CrashLoops::next_due(WallTime now) const {
    const std::scoped_lock lock(mutex_);
    std::optional<WallTime> next;
    for (const auto& [tenant, entry] : entries_) {
        if (entry.due > now && (!next || entry.due < *next)) next = entry.due;
    }
    return next;
}

bool CrashLoops::is_looping(const TenantId& tenant) const {
    const std::scoped_lock lock(mutex_);
    const auto known = entries_.find(tenant);
    return known != entries_.end() && known->second.looping;
}

void CrashLoops::forget(const TenantId& tenant) {
    const std::scoped_lock lock(mutex_);
    entries_.erase(tenant);
}

void CrashLoops::retain(const std::function<bool(const TenantId&)>& is_known) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(entries_, [&](const auto& entry) { return !is_known(entry.first); });
}

}  // namespace nexus::tenants
