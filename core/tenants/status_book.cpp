#include "tenants/status_book.hpp"

namespace nexus::tenants {

std::string observed_state(const ContainerState* runtime, bool looping) {
    if (looping) return "crash_loop";
    if (runtime == nullptr) return "missing";
    if (runtime->health == Health::unhealthy) return "unhealthy";
    return std::string(to_string(runtime->phase));
}

std::vector<TenantEvent> StatusBook::tell(const TenantId& tenant, const std::string& state,
                                          const std::string& job_id, const Details& details) {
    const std::scoped_lock lock(mutex_);
    auto& told = entries_[tenant].told;
    if (told == state) return {};
    told = state;
    json::Writer payload;
    payload.begin_object()
        .member("state", state)
        .member("source", job_id.empty() ? "reconcile" : "job");
    if (!job_id.empty()) payload.member("job_id", job_id);
    details(payload);
    return {{tenant, "runtime.status", payload.end_object().text(), wall_now()}};
}

std::string StatusBook::told(const TenantId& tenant) const {
    const std::scoped_lock lock(mutex_);
    const auto known = entries_.find(tenant);
    return known == entries_.end() ? "" : known->second.told;
}

void StatusBook::observe(const TenantId& tenant, const TenantRecord& record,
                         const std::string& observed, WallTime now) {
    const std::scoped_lock lock(mutex_);
    auto& status = entries_[tenant].status;
    status.desired = to_string(record.desired);
    status.image = record.image;
    if (status.observed == observed) return;
    status.observed = observed;
    status.since = now;
}

void StatusBook::unreadable(const TenantId& tenant, const std::string& problem, WallTime now) {
    const std::scoped_lock lock(mutex_);
    auto& status = entries_[tenant].status;
    if (status.since == WallTime{}) status.since = now;
    status.last_error = problem;
}

void StatusBook::restarted(const TenantId& tenant) {
    const std::scoped_lock lock(mutex_);
    ++entries_[tenant].status.restarts;
    ++restarts_;
}

void StatusBook::restarts(const TenantId& tenant, std::int64_t count) {
    const std::scoped_lock lock(mutex_);
    auto& known = entries_[tenant].status.restarts;
    if (count <= known) return;
    restarts_ += static_cast<std::uint64_t>(count - known);
    known = count;
}

void StatusBook::failed(const TenantId& tenant, const std::string& message) {
    const std::scoped_lock lock(mutex_);
    entries_[tenant].status.last_error = message;
}

void StatusBook::went_well(const TenantId& tenant) {
    const std::scoped_lock lock(mutex_);
    const auto known = entries_.find(tenant);
    if (known != entries_.end()) known->second.status.last_error.clear();
}

void StatusBook::forget(const TenantId& tenant) {
    const std::scoped_lock lock(mutex_);
    entries_.erase(tenant);
}

void StatusBook::retain(const std::function<bool(const TenantId&)>& is_known) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(entries_, [&](const auto& entry) { return !is_known(entry.first); });
}

std::map<TenantId, TenantStatus> StatusBook::all() const {
    const std::scoped_lock lock(mutex_);
    std::map<TenantId, TenantStatus> statuses;
    for (const auto& [tenant, entry] : entries_)
        statuses.emplace_hint(statuses.end(), tenant, entry.status);
    return statuses;
}

StatusBook::Totals StatusBook::totals() const {
    const std::scoped_lock lock(mutex_);
    Totals totals;
    for (const auto& [tenant, entry] : entries_)
        ++totals.tenants[{entry.status.desired, entry.status.observed}];
    totals.restarts = restarts_;
    return totals;
}

}  // namespace nexus::tenants
