#include "queue/admission.hpp"

#include <charconv>

#include "queue/finished.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr std::size_t values_per_job = 3;  // of take.lua's answer

// A stream id begins with the milliseconds at which it was made.
std::optional<WallTime> time_of(std::string_view stream_id) {
    std::int64_t millis = 0;
    const auto end = std::from_chars(stream_id.data(), stream_id.data() + stream_id.size(), millis);
    if (end.ec != std::errc() || millis <= 0) return std::nullopt;
    return WallTime(std::chrono::milliseconds(millis));
}

}  // namespace

Admission::Admission(const Keys& keys, const Lease& lease, InFlight& in_flight, Outbox& outbox,
                     std::function<void(Ticket)> deliver)
    : keys_(keys),
      lease_(lease),
      in_flight_(in_flight),
      outbox_(outbox),
      deliver_(std::move(deliver)) {}

void Admission::add(Entry entry) {
    if (!in_flight_.begin(entry.id, entry.bytes.size())) return;
    const auto queued_at = time_of(entry.intake_id.empty() ? entry.id : entry.intake_id);
    auto parsed = jobs::parse_job(entry.bytes, keys_.prefix);
    if (const auto* malformed = std::get_if<jobs::MalformedJob>(&parsed)) {
        outbox_.push(refused(entry.id, *malformed, queued_at, keys_.node));
        return;
    }
    auto& job = std::get<jobs::Job>(parsed);
    if (!in_flight_.lead(job.id, {entry.id, job.reply_to})) return;
    asked_.push_back({std::move(entry.id), std::move(job), queued_at, 0});
}

void Admission::decide(redis::Connection& connection) {
    if (asked_.empty()) return;
    const std::string epoch = lease_.epoch();
    const std::string now = format_timestamp(wall_now());
    std::vector<std::string_view> arguments{keys_.prefix, keys_.node, epoch, now};
    for (const auto& ticket : asked_) {
        const jobs::Job& job = ticket.job;
        arguments.insert(arguments.end(),
                         {job.id, job.tenant.text(), to_string(job.action), job.node});
    }
    const auto answers = take_script().run(connection, {keys_.lease}, arguments).array();
    if (answers.size() != values_per_job * asked_.size()) {
        throw redis::Error(redis::ErrorKind::protocol,
                           "the take script answered for other jobs than it was asked");
    }
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        const auto* const answer = &answers[values_per_job * i];
        asked_[i].attempts_before = static_cast<int>(answer[2].integer());
        place(std::move(asked_[i]), answer[0].text(), answer[1].text());
    }
    asked_.clear();
}

void Admission::place(Ticket ticket, const std::string& answer, const std::string& value) {
    const jobs::Job& job = ticket.job;
    if (answer == "ended") {
        outbox_.push(answered({ticket.entry_id, job.reply_to}, value));
        answer_followers(job.id, value);
    } else if (answer == "in_use") {
        const auto item =
            refused(ticket.entry_id,
                    {ErrorCode::invalid_job,
                     "/id: an unfinished job of tenant " + value + " has the same id", job.id,
                     job.tenant.text(), std::string(to_string(job.action)), job.reply_to},
                    ticket.queued_at, keys_.node);
        outbox_.push(item);
        answer_followers(job.id, item.result);
    } else if (answer == "elsewhere" ||
               (!job.node.empty() && job.node != keys_.node && value == keys_.node)) {
        fail(ticket, {ErrorCode::tenant_exists_elsewhere,
                      "tenant " + job.tenant.text() + " is on node " + value +
                          "; add the job to the intake without naming another node"});
    } else if (answer == "draining") {
        fail(ticket, {ErrorCode::conflict,
                      "node " + value +
                          " is draining and takes no new tenant; let another node take it, or end "
                          "that with: nexus-runner drain " +
                          value + " --undo"});
    } else if (!job.node.empty() && job.node != keys_.node) {
        fail(ticket, {ErrorCode::invalid_job, "/node: no node " + job.node + " has ever joined"});
    } else {
        deliver_(std::move(ticket));
    }
}

void Admission::answer_followers(const std::string& job_id, const std::string& result) {
    for (auto& follower : in_flight_.close(job_id)) {
        outbox_.push(answered(std::move(follower), result));
    }
}

void Admission::fail(const Ticket& ticket, const Failure& failure) {
    jobs::Outcome outcome;
    outcome.error = failure;
    outbox_.push(finished(ticket, outcome, {keys_.node, 0, std::nullopt}));
}

}  // namespace nexus::queue
