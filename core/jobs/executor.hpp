// From an action to the verb that does it, and from whatever happened there to an outcome. Threads:
// any, as long as no two run jobs of one tenant at once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backup/backups.hpp"
#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "jobs/job.hpp"
#include "tenants/crash_loops.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/status_book.hpp"

namespace nexus::jobs {

struct Outcome {
    std::string detail;
    std::string data = "{}";
    std::optional<Failure> error;              // nothing: it succeeded
    std::vector<tenants::TenantEvent> events;  // what the world should know of it, in this order
};

class Executor {
  public:
    // What becomes of a job is noted in `book`, and what its tenant's runtime did before it is
    // forgotten in `loops`. All references must outlive this object.
    Executor(tenants::Lifecycle& lifecycle, backup::Backups& backups, tenants::StatusBook& book,
             tenants::CrashLoops& loops, const config::Settings& settings, Log& log);

    // Runs one attempt of the job to its end. `permit` is called before every call to the backend,
    // and throws Failure where there must be none. Never throws: trouble of any kind is an outcome.
    Outcome run(const Job& job, int attempt, const CancelSource& cancel,
                const std::function<void()>& permit) noexcept;

  private:
    tenants::VerbResult call_verb(const Job& job, tenants::JobContext& context);
    Outcome failed(const Job& job, const Failure& failure,
                   std::vector<tenants::TenantEvent> events = {});

    tenants::Lifecycle& lifecycle_;
    backup::Backups& backups_;
    tenants::StatusBook& book_;
    tenants::CrashLoops& loops_;
    const config::Settings& settings_;
    Log& log_;
};

}  // namespace nexus::jobs
