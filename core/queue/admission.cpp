#include "queue/admission.hpp"

#include <charconv>

#include "queue/finished.hpp"

namespace nexus::queue {
namespace {

// A stream id begins with the milliseconds at which it was made.
std::optional<WallTime> time_of(std::string_view stream_id) {
    std::int64_t millis = 0;
    const auto end = std::from_chars(stream_id.data(), stream_id.data() + stream_id.size(), millis);
    if (end.ec != std::errc() || millis <= 0) return std::nullopt;
    return WallTime(std::chrono::milliseconds(millis));
}

jobs::MalformedJob id_in_use(const jobs::Job& job, const std::string& tenant) {
    return {ErrorCode::invalid_job,
            "/id: an unfinished job of tenant " + tenant + " has the same id",
            job.id,
            job.tenant.text(),
            std::string(to_string(job.action)),
            job.reply_to};
}

}  // namespace

void Admission::add(Entry entry) {
    if (!in_flight_.begin(entry.id, entry.bytes.size())) return;
    const auto queued_at = time_of(entry.intake_id.empty() ? entry.id : entry.intake_id);
    auto parsed = jobs::parse_job(entry.bytes, keys_.prefix);
    if (const auto* malformed = std::get_if<jobs::MalformedJob>(&parsed)) {
        outbox_.push(refused(entry.id, *malformed, queued_at, keys_.node));
        return;
    }
    auto& job = std::get<jobs::Job>(parsed);
    if (entry.again) in_flight_.forget(job.id);
    const auto [standing, result] = in_flight_.lead(job.id, {entry.id, job.reply_to});
    if (standing == InFlight::Standing::ended) {
        outbox_.push(again(*result, std::move(entry.id), std::move(job.reply_to)));
    } else if (standing == InFlight::Standing::first) {
        place({std::move(entry.id), std::move(job), queued_at, entry.attempts_before}, entry.word,
              entry.value);
    }
}

void Admission::place(Ticket ticket, Word word, const std::string& value) {
    const jobs::Job& job = ticket.job;
    const bool asked_for_another = !job.node.empty() && job.node != keys_.node;
    if (word == Word::ended) {
        answer(ticket, value);
    } else if (word == Word::in_use) {
        auto item = refused(ticket.entry_id, id_in_use(job, value), ticket.queued_at, keys_.node);
        const std::string result = item.result;
        outbox_.push(std::move(item));
        for (auto& follower : in_flight_.close(job.id))
            outbox_.push(answered(std::move(follower), result));
    } else if (word == Word::elsewhere || (asked_for_another && value == keys_.node)) {
        fail(ticket, {ErrorCode::tenant_exists_elsewhere,
                      "tenant " + job.tenant.text() + " is on node " + value +
                          "; add the job to the intake without naming another node"});
    } else if (word == Word::no_node) {
        fail(ticket, {ErrorCode::invalid_job, "/node: no node " + value + " has ever joined"});
    } else if (word == Word::draining) {
        fail(ticket, {ErrorCode::conflict,
                      "node " + value +
                          " is draining and takes no new tenant; let another node take it, or end "
                          "that with: nexus-runner drain " +
                          value + " --undo"});
    } else if (word == Word::cancelled) {
        fail(ticket, cancelled_by_request());
    } else if (would_wake_remains(job, value)) {
        fail(ticket, {ErrorCode::tenant_not_found,
                      "tenant " + job.tenant.text() + " was deleted where it was last; what node " +
                          keys_.node + " has of it is older. A delete job removes that"});
    } else {
        deliver_(std::move(ticket));
    }
}

// A job of a tenant that no node has comes to whichever read it.
bool Admission::would_wake_remains(const jobs::Job& job, const std::string& holder) const {
    return holder.empty() && job.action != jobs::Action::remove &&
           elsewhere_.place_of(job.tenant) != tenants::Place::here;
}

void Admission::answer(const Ticket& ticket, const std::string& result) {
    outbox_.push(answered({ticket.entry_id, ticket.job.reply_to}, result));
    for (auto& follower : in_flight_.close(ticket.job.id))
        outbox_.push(answered(std::move(follower), result));
}

void Admission::fail(const Ticket& ticket, const Failure& failure) {
    jobs::Outcome outcome;
    outcome.error = failure;
    outbox_.push(finished(ticket, outcome, {keys_.node, ticket.attempts_before, std::nullopt, ""}));
}

}  // namespace nexus::queue
