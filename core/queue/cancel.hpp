// Asks for the end of a job, for the command line. Threads: any, with a connection of their own.
#pragma once

#include <string>

#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::queue {

// A job that waits will not begin; of one that runs the call to the backend is cancelled. Returns
// the state that the job has in the ledger now: one that has ended stays as it is; empty for one
// that is not known yet, which is cancelled if it comes within `ledger_ttl`. Throws redis::Error.
std::string cancel(redis::Connection& connection, const Keys& keys, const std::string& job_id,
                   std::chrono::seconds ledger_ttl);

}  // namespace nexus::queue
