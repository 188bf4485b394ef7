// The jobs that will not run again, for the operator who decides what becomes of them. Functions
// throw redis::Error. Threads: any, with a connection of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::queue {

// A dead letter without its job's bytes. Whatever it holds came from a producer.
struct DeadLetter {
    std::string id;  // of the stream's entry
    std::string reason;
    std::string error;
    std::string attempts;
    std::string node;
    std::string failed_at;
    std::string job_id;  // these three: empty where they cannot be read
    std::string tenant_id;
    std::string action;
    std::int64_t bytes = 0;  // of the job
};

// "1700000000000-0"
bool is_dead_letter_id(std::string_view text);

// At most `most`, newest first; an empty `reason` takes any.
std::vector<DeadLetter> newest_dead_letters(redis::Connection& connection, const Keys& keys,
                                            const std::string& reason, std::size_t most);

// Of all that are there now, oldest first; an empty `reason` takes any.
std::vector<std::string> dead_letter_ids(redis::Connection& connection, const Keys& keys,
                                         const std::string& reason);

// Names and values as they are in the stream, the job's bytes too; nothing where it is not there.
using Fields = std::vector<std::pair<std::string, std::string>>;
std::optional<Fields> read_dead_letter(redis::Connection& connection, const Keys& keys,
                                       const std::string& id);

enum class Requeued { done, gone, malformed };

// Puts the jobs back onto the intake, where they run as if they were new; one answer for each.
// Atomic for each letter, and for all of one call.
std::vector<Requeued> requeue_dead_letters(redis::Connection& connection, const Keys& keys,
                                           const std::vector<std::string>& ids);

// For each whether it was there.
std::vector<bool> drop_dead_letters(redis::Connection& connection, const Keys& keys,
                                    const std::vector<std::string>& ids);

}  // namespace nexus::queue
