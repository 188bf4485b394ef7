#include "queue/cancel.hpp"

#include "queue/scripts.hpp"

namespace nexus::queue {

std::string cancel(redis::Connection& connection, const Keys& keys, const std::string& job_id,
                   std::chrono::seconds ledger_ttl) {
    const std::string ttl = std::to_string(ledger_ttl.count());
    return cancel_script().run(connection, {keys.job(job_id)}, {keys.prefix, job_id, ttl}).text();
}

}  // namespace nexus::queue
