// Puts right what a backup or a restore has left of a tenant, from its entry in the journal: needs
// neither the backup nor the process that began it. Threads: any, in the tenant's turn.
#pragma once

#include <functional>
#include <string>

#include "backup/journal.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "tenants/job_context.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::backup {

class Settler {
  public:
    // All must outlive it.
    struct Parts {
        Backend& backend;
        const tenants::TenantStore& store;
        tenants::Lifecycle& lifecycle;
        const Journal& journal;
    };
    Settler(Parts parts, const config::Settings& settings, Log& log);

    // After the process that wrote the entry is gone: a runtime that it held goes on, a restore
    // that had not exchanged all or had failed is undone, and one that had is kept. A runtime that
    // then does not start is left to whoever looks after the tenant. The entry of a pause that may
    // still come stays until it cannot any more. Idempotent; nothing to do is no error. Throws
    // BackendError, Failure and std::system_error, and then the entry stays for another time.
    void settle(tenants::JobContext& context);

    // After a restore of this process failed, with however much of it: the tenant is as it was, and
    // runs where it did. Returns what became of it, as the end of a sentence. Takes a while also
    // where `context` is over.
    std::string take_back(const tenants::JobContext& context);

    // What is in the scratch places is removed, and the entry in the journal with it. Throws as
    // settle. The first one is for content that was restored and is there to stay: what stood in
    // its place goes, and whatever else there was of the tenant's.
    void finish(const tenants::JobContext& context) const;
    void discard(const tenants::JobContext& context) const;

  private:
    std::optional<Entry> read(const TenantId& tenant) const;
    // False where it does not go on by its own trouble.
    bool resume(const Entry& entry, const tenants::JobContext& context);
    // Why the runtime does not go on, where that is its own trouble and not the engine's.
    std::string attempt(const tenants::JobContext& context,
                        const std::function<void()>& start) const;
    void refuse(const TenantId& tenant, Entry& entry) const;
    void reopen(Entry& entry, const tenants::JobContext& context) const;
    // Why the runtime that is back does not run again, where it should.
    std::string undo(Entry entry, const tenants::JobContext& context) const;
    void try_to_bring_up(tenants::JobContext& context);

    const Parts parts_;
    const config::Settings& settings_;
    Log& log_;
};

}  // namespace nexus::backup
