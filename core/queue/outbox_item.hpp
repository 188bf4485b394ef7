// One thing that happened, as core/queue/lua/finish.lua takes it. Threads: a plain value.
#pragma once

#include <string>

namespace nexus::queue {

// What a kind does not use stays empty.
struct OutboxItem {
    enum class Kind { progress, finished, answered, malformed, event };
    Kind kind;
    std::string entry_id = {};
    std::string job_id = {};
    std::string tenant_id = {};
    std::string state = {};
    int attempts = 0;
    std::string result = {};
    std::string reply_to = {};
    std::string event = {};  // JSON; of several, one a line
    std::string dead_reason = {};
    std::string dead_error = {};
    std::string placement = {};  // as in finish.lua

    std::size_t bytes() const noexcept { return result.size() + event.size() + dead_error.size(); }
};

}  // namespace nexus::queue
