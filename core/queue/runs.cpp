#include "queue/runs.hpp"

#include "base/kill_point.hpp"
#include "queue/finished.hpp"

namespace nexus::queue {
namespace {

// protocol.md, Delivery: the runner died three times inside the same job.
constexpr int most_deaths = 3;

// For work that has to run alone, while other such work runs.
constexpr std::chrono::milliseconds until_another_look(20);
// For work on a tenant while another process works on it, such as a backup.
constexpr std::chrono::milliseconds until_another_try(100);

Failure poison(int deaths) {
    return {ErrorCode::poison,
            "the runner died " + std::to_string(deaths) +
                " times inside this job, so it does not begin again; look at the runner's log "
                "around its restarts, mend the cause, then requeue the dead letter"};
}

// What is begun for a tenant without a job, among the jobs' ids, none of which has this mark.
std::string repair_id(const std::string& tenant) {
    return "/" + tenant;
}

jobs::Outcome failed(const Failure& failure) {
    jobs::Outcome outcome;
    outcome.error = failure;
    return outcome;
}

}  // namespace

Runs::Runs(std::string node, unsigned concurrency, jobs::Executor& executor,
           const tenants::TurnLocks& turns, BegunJobs& begun, const Fence& fence, Outbox& outbox,
           Log& log)
    : node_(std::move(node)),
      executor_(executor),
      turns_(turns),
      begun_(begun),
      fence_(fence),
      outbox_(outbox),
      log_(log),
      lanes_(concurrency) {}

void Runs::add(Ticket ticket) {
    const std::string lane = ticket.job.tenant.text();
    const std::string id = ticket.job.id;
    auto attempts = std::make_shared<Attempts>(std::move(ticket));
    {
        const std::scoped_lock lock(mutex_);
        jobs_[id] = attempts;
        ++tenants_[lane];
    }
    lanes_.push(lane, [this, attempts] { return run(*attempts); });
}

bool Runs::has_job(const config::TenantId& tenant) const {
    const std::scoped_lock lock(mutex_);
    return tenants_.count(tenant.text()) > 0;
}

bool Runs::in_turn(const config::TenantId& tenant, std::function<void(const tenants::Turn&)> work) {
    if (has_job(tenant) || is_condemned(tenant)) return false;
    lanes_.push(tenant.text(),
                [this, tenant, work = std::move(work)] { return work_for(tenant, work); });
    return true;
}

bool Runs::is_condemned(const config::TenantId& tenant) {
    if (begun_.deaths(repair_id(tenant.text())) < most_deaths) return false;
    const std::scoped_lock lock(mutex_);
    if (condemned_.insert(tenant.text()).second) {
        log_.error(
            "the runner died three times at work for a tenant, so it leaves the tenant alone until "
            "a job of it succeeds; look at the log around the restarts, mend the cause, then "
            "submit "
            "a start job",
            {{"tenant", tenant.text()}});
    }
    return true;
}

void Runs::condemn(const std::string& tenant) {
    try {
        begun_.condemn(repair_id(tenant), most_deaths);
    } catch (const std::exception& error) {
        log_.error("that a tenant's job is poison cannot be noted",
                   {{"tenant", tenant}, {"message", error.what()}});
    }
}

void Runs::absolve(const std::string& tenant) {
    begun_.end(repair_id(tenant), true);
    const std::scoped_lock lock(mutex_);
    condemned_.erase(tenant);
}

Runs::Again Runs::work_for(const config::TenantId& tenant,
                           const std::function<void(const tenants::Turn&)>& work) {
    const std::string id = repair_id(tenant.text());
    std::unique_lock alone(suspects_, std::defer_lock);
    if (begun_.deaths(id) > 0 && !alone.try_lock()) return until_another_look;
    const auto turn = turns_.try_take(tenant);
    if (!turn) return until_another_try;
    try {
        begun_.begin(id, false);
    } catch (const std::exception& error) {
        log_.error("a tenant cannot be looked after",
                   {{"tenant", tenant.text()}, {"message", error.what()}});
        return std::nullopt;
    }
    work({[this] { permit(); }, interrupted_.fd()});
    begun_.end(id, !interrupted_.cancelled());
    return std::nullopt;
}

void Runs::added(const std::string& entry_id) {
    const std::scoped_lock lock(mutex_);
    added_ = entry_id;
}

void Runs::cancel(const std::string& job_id) {
    std::shared_ptr<Attempts> attempts;
    {
        const std::scoped_lock lock(mutex_);
        const auto known = jobs_.find(job_id);
        if (known == jobs_.end()) return;
        attempts = known->second;
    }
    if (attempts->cancel() != Attempts::Cancelled::before_it_ran) return;
    finish(*attempts, failed(cancelled_by_request()), attempts->count());
    lanes_.hurry(attempts->ticket().job.tenant.text());
}

std::vector<std::string> Runs::gone_tenants() const {
    const std::scoped_lock lock(mutex_);
    std::vector<std::string> gone;
    for (const auto& tenant : deleted_) {
        if (tenants_.count(tenant) == 0) gone.push_back(tenant);
    }
    return gone;
}

void Runs::add_gone(const std::string& tenant) {
    const std::scoped_lock lock(mutex_);
    deleted_.insert(tenant);
}

void Runs::released(const std::vector<std::string>& tenants) {
    const std::scoped_lock lock(mutex_);
    for (const auto& tenant : tenants)
        deleted_.erase(tenant);
}

void Runs::interrupt() {
    lanes_.close();
    interrupted_.cancel();
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, attempts] : jobs_)
        attempts->interrupt();
}

Runs::Again Runs::run(Attempts& attempts) {
    const std::string& id = attempts.ticket().job.id;
    const int deaths = begun_.deaths(id);
    // Of the jobs that ran together when a process died, one is to blame. From then on they run one
    // at a time, so that it takes no other with it again.
    std::unique_lock alone(suspects_, std::defer_lock);
    if (deaths > 0 && !alone.try_lock()) return until_another_look;
    const auto turn = turns_.try_take(attempts.ticket().job.tenant);
    if (!turn) return until_another_try;
    const auto cancel = attempts.begin();
    if (!cancel) return std::nullopt;  // it was cancelled while it waited
    const bool poisoned = deaths >= most_deaths;
    auto outcome = poisoned ? failed(poison(deaths)) : attempt(attempts, *cancel);
    NEXUS_KILL_POINT("after_outcome");
    const bool wanted = attempts.cancel_wanted();
    if (outcome.error && interrupted_.cancelled() && !wanted) {
        begun_.end(id, false);
        return std::nullopt;  // it stays pending, and the next start does it
    }
    if (outcome.error && wanted) outcome = failed(cancelled_by_request());
    if (const auto wait = attempts.next(outcome)) {
        begun_.end(id, false);
        outbox_.push(retrying(attempts.ticket(), attempts.count()));
        log_.info("the job is tried again", {{"job", id},
                                             {"tenant", attempts.ticket().job.tenant.text()},
                                             {"attempt", std::to_string(attempts.count())},
                                             {"wait_ms", std::to_string(wait->count())}});
        return wait;
    }
    {
        const std::scoped_lock lock(mutex_);
        unsafe_.emplace(id, attempts.ticket().job.tenant.text());
    }
    if (poisoned) condemn(attempts.ticket().job.tenant.text());
    finish(attempts, outcome, attempts.count() - (poisoned ? 1 : 0));
    return jobs::Lanes::held;
}

void Runs::safe(const std::string& job_id) {
    std::string lane;
    {
        const std::scoped_lock lock(mutex_);
        const auto known = unsafe_.find(job_id);
        if (known == unsafe_.end()) return;
        lane = std::move(known->second);
        unsafe_.erase(known);
    }
    lanes_.release(lane);
}

void Runs::permit() const {
    if (interrupted_.cancelled() || !fence_.wait(interrupted_)) {
        throw Failure(ErrorCode::cancelled, "this process serves the node no more");
    }
}

jobs::Outcome Runs::attempt(Attempts& attempts, const CancelSource& cancel) {
    const Ticket& ticket = attempts.ticket();
    try {
        permit();
        // A job that changes nothing may be begun once too often after the power failed.
        begun_.begin(ticket.job.id, ticket.job.action != jobs::Action::health);
    } catch (const Failure& failure) {
        return failed(failure);
    } catch (const std::system_error& error) {
        return failed({ErrorCode::internal, error.what(), true});
    }
    NEXUS_KILL_POINT("after_begin_noted");
    outbox_.push(begun(ticket, attempts.count()));
    return executor_.run(ticket.job, attempts.count(), cancel, [this] { permit(); });
}

void Runs::finish(const Attempts& attempts, const jobs::Outcome& outcome, int counted) {
    const Ticket& ticket = attempts.ticket();
    const std::string& tenant = ticket.job.tenant.text();
    begun_.end(ticket.job.id, true);
    if (!outcome.error && is_about_runtime(ticket.job.action)) absolve(tenant);
    const std::string placement = leave(ticket.job, outcome);
    auto item = finished(ticket, outcome, {node_, counted, attempts.started_at(), placement});
    log_.info("job ended", {{"job", ticket.job.id},
                            {"tenant", tenant},
                            {"action", std::string(to_string(ticket.job.action))},
                            {"state", item.state},
                            {"attempts", std::to_string(counted)}});
    outbox_.push(std::move(item));
}

// Takes the job out of the books, and says what becomes of its tenant's placement.
std::string Runs::leave(const jobs::Job& job, const jobs::Outcome& outcome) {
    const std::string& tenant = job.tenant.text();
    const std::scoped_lock lock(mutex_);
    jobs_.erase(job.id);
    const auto left = tenants_.find(tenant);
    const bool last = --left->second == 0;
    if (last) tenants_.erase(left);
    // Also where a provision failed: something of the tenant may be here.
    if (job.action == jobs::Action::provision ||
        (job.action == jobs::Action::restore && !outcome.error)) {
        deleted_.erase(tenant);
        return "keep";
    }
    const bool gone = outcome.error ? outcome.error->code() == ErrorCode::tenant_not_found
                                    : job.action == jobs::Action::remove;
    if (!gone) return "";
    deleted_.insert(tenant);
    return last ? added_ : "gone";
}

}  // namespace nexus::queue
