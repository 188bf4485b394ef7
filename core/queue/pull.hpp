// One turn of the intake, in one call: routes what producers added, reads what is this node's, and
// asks the ledger about each. Threads: any, with a connection of their own.
#pragma once

#include <string>
#include <vector>

#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::queue {

// What the ledger says of a job that was just read: see core/queue/lua/pull.lua.
enum class Word { run, ended, elsewhere, in_use, cancelled, no_node, draining };

// One entry of the node's stream.
struct Entry {
    std::string id;
    std::string
        intake_id;      // of the entry that it was routed from; empty for one added here directly
    std::string bytes;  // of the field `job`
    Word word = Word::run;
    std::string value;        // of the word
    int attempts_before = 0;  // that ended, also those of a process before this one
    bool again = false;       // a dead letter that was put back
};

// Where one pull goes on from the last.
struct PullPosition {
    std::string cursor;       // an entry of the node's own pending list, or ">" for new ones
    std::string newest;       // entry that was read and is in the lanes
    std::string last_cancel;  // request to cancel that was seen
};

struct Pulled {
    std::vector<Entry> entries;
    std::vector<std::string> cancels;  // ids of jobs
    std::string last_cancel;
    std::string delivered;  // the newest entry ever read before; only where pending ones were asked
                            // for
    bool released = false;  // the placements of those who are gone
};

// At most `most` entries are routed, and as many read. The placements of `gone` tenants end where
// no entry newer than `newest` is there. Throws redis::Error.
Pulled pull(redis::Connection& connection, const Keys& keys, const std::string& epoch,
            const PullPosition& from, std::size_t most, const std::vector<std::string>& gone);

inline constexpr const char* new_entries = ">";
inline constexpr const char* oldest = "0-0";

}  // namespace nexus::queue
