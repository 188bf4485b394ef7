// The Lua scripts, one atomic step each; their texts with their contracts are in
// core/queue/lua. Threads: any.
#pragma once

#include "redis/script.hpp"

namespace nexus::queue {

const redis::Script& pull_script();
const redis::Script& finish_script();
const redis::Script& lease_script();
const redis::Script& cancel_script();
const redis::Script& register_script();
const redis::Script& claim_script();
const redis::Script& drain_script();
const redis::Script& dead_list_script();
const redis::Script& requeue_script();

// The code word of the error reply with which a script answers a process whose lease another holds.
inline constexpr const char* fenced_code = "FENCED";

// The same where nobody holds it: it ran out, or Redis lost its data. The lease loop takes it up
// again.
inline constexpr const char* unleased_code = "UNLEASED";

}  // namespace nexus::queue
