// The consumer to compare with: it makes only the calls that no queue with a ledger can leave out,
// and keeps no order, no lease and no retries. Threads: one.
#pragma once

#include <string>

namespace nexus::bench {

// Of the padding in a result, which makes it as long as one of the runner's for `health`.
inline constexpr std::size_t bytes_of_result = 600;

// Serves the stream bare:jobs, at most `most` jobs a read, until the process is ended. Finishes
// each batch with one script call, or each job with one of its own.
[[noreturn]] void run_bare_loop(int port, const std::string& most, bool script_per_job);

}  // namespace nexus::bench
