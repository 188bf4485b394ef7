#include "backup/snapshot_work.hpp"

#include <thread>

#include "backup/current_failure.hpp"
#include "backup/report.hpp"

namespace nexus::backup {
namespace {

// Nothing of the tenant is kept.
Capture::Captured failed(const TenantId& tenant, const Failure& failure) {
    Capture::Captured captured{TenantBackup(tenant), 0, failure};
    for (const auto name : all_parts) {
        Part part;
        part.name = name;
        part.status = PartStatus::failed;
        part.reason = to_string(failure.code());
        part.error = failure.what();
        captured.backup.parts.push_back(std::move(part));
    }
    return captured;
}

Failure kept_by_another(std::chrono::milliseconds patience) {
    return {ErrorCode::conflict,
            "another process has worked on the tenant for " +
                std::to_string(std::chrono::ceil<std::chrono::minutes>(patience).count()) +
                " minutes; back it up by itself once that is done",
            true};
}

}  // namespace

Snapshot::Work::Work(const Snapshot& snapshot, const Task& task, Draft& draft)
    : snapshot_(snapshot),
      task_(task),
      draft_(draft),
      queue_(task.tenants, snapshot.parts_.turns, snapshot.patience_, task.cancel_fd) {
    progress_.all = task.tenants.size();
}

void Snapshot::Work::run(std::size_t workers) {
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < workers; ++i)
            threads.emplace_back([this] { work(); });
    }
    if (failure_) std::rethrow_exception(failure_);
}

void Snapshot::Work::work() noexcept {
    try {
        while (const auto next = queue_.next())
            done(capture(*next));
    } catch (...) {
        queue_.clear();
        const std::scoped_lock lock(mutex_);
        if (!failure_) failure_ = std::current_exception();
    }
}

std::optional<Capture::Captured> Snapshot::Work::capture(const TurnQueue::Next& next) const {
    using tenants::JobContext;
    constexpr std::chrono::hours far(24 * 365);
    const TenantId& tenant = next.tenant;
    try {
        if (!next.turn) return failed(tenant, kept_by_another(snapshot_.patience_));
        if (!snapshot_.is_here(tenant)) {
            const auto lost = snapshot_.lost(tenant, task_.cancel_fd);
            return lost ? std::optional(failed(tenant, *lost)) : std::nullopt;
        }
        const JobContext context({draft_.id(), 1, 1}, tenant, snapshot_.settings_.job_timeout,
                                 JobContext::Clock::now() + far, task_.cancel_fd);
        const auto known = task_.known.find(tenant);
        const auto* before = known == task_.known.end() ? nullptr : &known->second;
        return snapshot_.capture_.run(before, task_.options, context);
    } catch (const std::exception&) {
        const Failure failure = current_failure();
        if (failure.code() == ErrorCode::cancelled) throw failure;
        return failed(tenant, failure);
    }
}

void Snapshot::Work::done(std::optional<Capture::Captured> captured) {
    const std::scoped_lock lock(mutex_);
    ++progress_.done;
    if (captured) {
        progress_.bytes += tar_bytes(captured->backup);
        progress_.failed += captured->failure ? 1 : 0;
        draft_.add(std::move(*captured));
    }
    task_.report(progress_);
}

}  // namespace nexus::backup
