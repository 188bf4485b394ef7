// One restore of one tenant, step by step. Threads: one, in the tenant's turn.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/exchange.hpp"
#include "backup/restore.hpp"
#include "backup/scratch.hpp"
#include "tenants/tenant_record.hpp"

namespace nexus::backup {

// Each step may throw anything; what is in the journal says how far it came.
class Restore::Attempt {
  public:
    // All must outlive it.
    Attempt(const Restore& restore, const TenantBackup& backup, tenants::JobContext& context);

    // What is there of the tenant; changes nothing.
    void look();
    // The snapshot into the scratch places, and looked through.
    void unpack();
    // What the tenant is from now on, and its image. The old runtime still runs.
    void prepare_record();
    // Into the place of what is there. The new runtime is not started yet.
    void exchange();

    std::vector<std::string> take_notes() { return std::move(notes_); }

  private:
    template <typename Work>
    void at_leisure(Work work);
    void require_volumes() const;
    void fill(PartName name, const std::string& volume);
    std::string& hash_of_part(PartName name) {
        return name == PartName::session ? entry_.session_sha256 : entry_.state_sha256;
    }
    void ensure_image();
    void note(PartName name, const std::string& what, const std::vector<std::string>& words);

    const Parts& parts_;
    const config::Settings& settings_;
    const BlobStore& blobs_;
    const TenantBackup& backup_;
    tenants::JobContext& context_;
    const TenantId& tenant_;
    Scratch scratch_;
    Exchange exchange_;
    Entry entry_;
    bool exchanges_ = true;  // the backend can
    std::optional<tenants::TenantRecord> old_;
    std::optional<tenants::TenantRecord> record_;
    std::vector<std::string> notes_;
};

}  // namespace nexus::backup
