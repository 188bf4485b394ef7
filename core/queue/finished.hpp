// From what became of a job to what the outbox sends of it. Pure functions; threads: any.
#pragma once

#include <optional>
#include <string>

#include "jobs/executor.hpp"
#include "queue/admission.hpp"
#include "queue/outbox.hpp"

namespace nexus::queue {

struct Run {
    std::string node;
    int attempts = 0;
    std::optional<WallTime> started_at;  // nothing where the job never began
    std::string placement;               // as in OutboxItem
};

// Why a job ended that somebody asked to cancel.
Failure cancelled_by_request();

// `attempts` counts the one that begins, or that has just ended.
OutboxItem begun(const Ticket& ticket, int attempts);
OutboxItem retrying(const Ticket& ticket, int attempts);
OutboxItem finished(const Ticket& ticket, const jobs::Outcome& outcome, const Run& run);
OutboxItem answered(InFlight::Follower follower, std::string result);
// The end of a job once more, for another entry about it.
OutboxItem again(const OutboxItem& finished, std::string entry_id, std::string reply_to);
OutboxItem refused(const std::string& entry_id, const jobs::MalformedJob& malformed,
                   const std::optional<WallTime>& queued_at, const std::string& node);

}  // namespace nexus::queue
