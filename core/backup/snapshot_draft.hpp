// A run that does not exist yet. Threads: one.
#pragma once

#include <nexus/unique_fd.hpp>
#include <string>

#include "backup/snapshot.hpp"

namespace nexus::backup {

Failure not_here(const std::string& tenant, const std::string& node);

class Snapshot::Draft {
  public:
    // Shares the blobs until it ends. `call`: for asking the engine what it is. Throws
    // BackendError, Failure and std::system_error.
    Draft(const Snapshot& snapshot, std::string scope, std::string job_id, const CallContext& call);
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    // Where it was not published, nothing is left of it.
    ~Draft();

    const std::string& id() const noexcept { return run_.id; }
    void add(Capture::Captured captured);
    // Makes the run exist, and verified. Throws the first failure where nothing of any tenant was
    // kept, and Failure `tenant_not_found` where the one tenant that it is about is gone.
    Run publish();

  private:
    const RunStore& runs_;
    Log& log_;
    const UniqueFd shared_blobs_;
    Run run_;
    std::optional<Failure> failure_;  // the first
    bool keeps_some_ = false;
    bool published_ = false;
};

}  // namespace nexus::backup
