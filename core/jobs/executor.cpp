#include "jobs/executor.hpp"

#include <algorithm>
#include <iterator>

#include "backup/current_failure.hpp"
#include "backup/report.hpp"
#include "base/kill_point.hpp"
#include "jobs/payload.hpp"
#include "jobs/result.hpp"

namespace nexus::jobs {
namespace {

using SteadyClock = std::chrono::steady_clock;

bool is_past(const std::optional<WallTime>& deadline) {
    return deadline && wall_now() >= *deadline;
}

SteadyClock::time_point last_moment(const std::optional<WallTime>& deadline) {
    // Farther away than any job runs, and near enough not to overflow the clock.
    constexpr std::chrono::hours far(24 * 365);
    const auto left = deadline ? *deadline - wall_now() : std::chrono::milliseconds(far);
    return SteadyClock::now() + std::min<std::chrono::milliseconds>(left, far);
}

}  // namespace

Executor::Executor(tenants::Lifecycle& lifecycle, backup::Backups& backups,
                   tenants::StatusBook& book, tenants::CrashLoops& loops,
                   const config::Settings& settings, Log& log)
    : lifecycle_(lifecycle),
      backups_(backups),
      book_(book),
      loops_(loops),
      settings_(settings),
      log_(log) {}

Outcome Executor::run(const Job& job, int attempt, const CancelSource& cancel,
                      const std::function<void()>& permit) noexcept {
    if (is_past(job.deadline)) {
        return failed(job, {ErrorCode::deadline, "the deadline passed before the job could begin"});
    }
    tenants::JobContext context({job.id, attempt, 1}, job.tenant, settings_.job_timeout,
                                last_moment(job.deadline), cancel.fd(), permit,
                                attempt >= job.most_attempts());
    try {
        auto result = call_verb(job, context);
        if (is_about_runtime(job.action)) loops_.forget(job.tenant);
        if (job.action != Action::health) book_.went_well(job.tenant);
        NEXUS_KILL_POINT("after_verb");
        auto events = context.take_events();
        std::move(result.events.begin(), result.events.end(), std::back_inserter(events));
        return {std::move(result.detail), std::move(result.data), std::nullopt, std::move(events)};
    } catch (...) {
        const Failure failure = backup::current_failure();
        const bool overdue = failure.code() == ErrorCode::timeout && is_past(job.deadline);
        return failed(
            job,
            overdue ? Failure(ErrorCode::deadline,
                              std::string("the deadline passed during the work: ") + failure.what())
                    : failure,
            context.take_events());
    }
}

tenants::VerbResult Executor::call_verb(const Job& job, tenants::JobContext& context) {
    const auto payload = json::parse(job.payload, job_limits);
    if (job.action != Action::health) backups_.settle(context);
    switch (job.action) {
        case Action::provision:
            return lifecycle_.provision(provision_request(payload), context);
        case Action::start:
            return lifecycle_.start(start_request(payload), context);
        case Action::stop:
            return lifecycle_.stop(context);
        case Action::restart:
            return lifecycle_.restart(start_request(payload), context);
        case Action::pair_start:
            return lifecycle_.pair_start(start_request(payload), context);
        case Action::whatsapp_disconnect:
            return lifecycle_.whatsapp_disconnect(context);
        case Action::apply_config:
            return lifecycle_.apply_config(apply_config_request(payload), context);
        case Action::health:
            return lifecycle_.health(context);
        case Action::backup:
            return backups_.back_up(context);
        case Action::restore:
            return backups_.restore(snapshot(payload), context);
        case Action::remove:
            break;
    }
    return lifecycle_.remove(keep_volumes(payload), context);
}

Outcome Executor::failed(const Job& job, const Failure& failure,
                         std::vector<tenants::TenantEvent> events) {
    book_.failed(job.tenant, failure.what());
    log_.warning("job failed", {{"job", job.id},
                                {"tenant", job.tenant.text()},
                                {"action", std::string(to_string(job.action))},
                                {"code", std::string(to_string(failure.code()))},
                                {"message", failure.what()}});
    const auto now = wall_now();
    events.push_back(error_event(job.tenant, failure, now));
    if (job.action == Action::backup)
        events.push_back(backup::failed_event(job.tenant, failure, job.id, now));
    return {"", failure.data(), failure, std::move(events)};
}

}  // namespace nexus::jobs
