// The restored content in the place of the tenant's own, and back. What was done is found out by
// looking, so that a crash at any step, or a call whose outcome is not known, can be undone.
// Threads: one, in the tenant's turn.
#pragma once

#include <string>

#include "backup/journal.hpp"
#include "backup/scratch.hpp"
#include "config/settings.hpp"

namespace nexus::backup {

// The SHA-256 of the tar that the volume gives now. Throws BackendError.
std::string hash_of(Backend& backend, const std::string& volume,
                    const tenants::JobContext& context);

class Exchange {
  public:
    // All must outlive it.
    Exchange(Scratch::Parts parts, const config::Settings& settings,
             const tenants::JobContext& context);

    // All of these throw BackendError, Failure and std::system_error.

    // The runtime, if there is one, is stopped and has another name.
    void set_aside();

    // The volumes that `entry` says were not there are made, with the labels that `backup` has of
    // them, and what is in the scratch places is exchanged with what is in the tenant's own.
    void make_volumes(const Entry& entry, const TenantBackup& backup);
    void exchange_volumes();
    void exchange_folder();

    // What was not there before is gone, and what was is in its place again, the runtime stopped;
    // the restored content is in the scratch places. No runtime was started since the exchange,
    // or it is gone. Idempotent. Throws Failure `internal` where neither of two volumes has the
    // content that `entry` tells of.
    void undo(const Entry& entry);

    // The runtime that came back runs again, if it did before. Idempotent.
    void start_again(const Entry& entry);

    // No runtime has the tenant's name for it.
    void remove_runtime();

  private:
    void undo_volume(PartName part, const std::string& restored, bool made);
    bool holds(const std::string& volume, const std::string& restored) const;
    void undo_folder(std::int64_t generation);
    bool is_restored(std::int64_t generation) const;
    void put_back();

    const Scratch::Parts parts_;
    const config::Settings& settings_;
    const tenants::JobContext& context_;
    const TenantId& tenant_;
};

}  // namespace nexus::backup
