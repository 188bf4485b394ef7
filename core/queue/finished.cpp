#include "queue/finished.hpp"

#include "jobs/result.hpp"

namespace nexus::queue {
namespace {

using jobs::Status;

Status status_of(const jobs::Outcome& outcome) {
    if (!outcome.error) return Status::succeeded;
    return outcome.error->code() == ErrorCode::cancelled ? Status::cancelled : Status::failed;
}

// Why a failed job will not run again.
std::string dead_reason(const jobs::Outcome& outcome) {
    if (status_of(outcome) != Status::failed) return "";
    const ErrorCode code = outcome.error->code();
    const bool named = code == ErrorCode::deadline || code == ErrorCode::poison;
    return named ? std::string(to_string(code)) : "attempts";
}

OutboxItem progress(const Ticket& ticket, const char* state, int attempts) {
    OutboxItem item{OutboxItem::Kind::progress};
    item.entry_id = ticket.entry_id;
    item.job_id = ticket.job.id;
    item.state = state;
    item.attempts = attempts;
    return item;
}

}  // namespace

Failure cancelled_by_request() {
    return {ErrorCode::cancelled, "the job was cancelled by request"};
}

OutboxItem begun(const Ticket& ticket, int attempts) {
    return progress(ticket, "running", attempts);
}

OutboxItem retrying(const Ticket& ticket, int attempts) {
    return progress(ticket, "retrying", attempts);
}

OutboxItem finished(const Ticket& ticket, const jobs::Outcome& outcome, const Run& run) {
    const jobs::Job& job = ticket.job;
    jobs::Result result;
    result.job_id = job.id;
    result.tenant_id = job.tenant.text();
    result.action = to_string(job.action);
    result.status = status_of(outcome);
    result.detail = outcome.detail;
    result.error = outcome.error;
    result.attempts = run.attempts;
    result.node = run.node;
    result.queued_at = ticket.queued_at;
    result.started_at = run.started_at;
    result.finished_at = wall_now();
    result.data = outcome.data;

    OutboxItem item{OutboxItem::Kind::finished};
    item.entry_id = ticket.entry_id;
    item.job_id = job.id;
    item.tenant_id = job.tenant.text();
    item.state = to_string(result.status);
    item.attempts = run.attempts;
    item.result = to_json(result);
    item.reply_to = job.reply_to;
    for (const auto& event : outcome.events)
        item.event.append(item.event.empty() ? "" : "\n").append(to_json(event));
    item.dead_reason = dead_reason(outcome);
    if (outcome.error) item.dead_error = outcome.error->what();
    item.placement = run.placement;
    return item;
}

OutboxItem answered(InFlight::Follower follower, std::string result) {
    OutboxItem item{OutboxItem::Kind::answered};
    item.entry_id = std::move(follower.entry_id);
    item.reply_to = std::move(follower.reply_to);
    item.result = std::move(result);
    return item;
}

OutboxItem again(const OutboxItem& finished, std::string entry_id, std::string reply_to) {
    OutboxItem item = finished;
    item.entry_id = std::move(entry_id);
    item.reply_to = std::move(reply_to);
    item.placement.clear();
    return item;
}

OutboxItem refused(const std::string& entry_id, const jobs::MalformedJob& malformed,
                   const std::optional<WallTime>& queued_at, const std::string& node) {
    OutboxItem item{OutboxItem::Kind::malformed};
    item.entry_id = entry_id;
    item.job_id = malformed.id;
    item.reply_to = malformed.reply_to;
    item.dead_reason = "malformed";
    item.dead_error = malformed.message;
    if (malformed.id.empty()) return item;
    jobs::Result result;
    result.job_id = malformed.id;
    result.tenant_id = malformed.tenant_id;
    result.action = malformed.action;
    result.status = Status::failed;
    result.error = Failure(malformed.code, malformed.message);
    result.node = node;
    result.queued_at = queued_at;
    result.finished_at = wall_now();
    item.result = to_json(result);
    return item;
}

}  // namespace nexus::queue
