// restore: what its ways have in common. Threads: one.
#pragma once

#include <string>

#include "app/backup_tools.hpp"
#include "backup/manifest.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "cli/command.hpp"

namespace nexus::cli {

struct RestoreAsked {
    std::string tenant;  // empty: every one
    std::string snapshot = "latest";
    std::string as;
    bool all = false;
    bool drill = false;
    bool take_over = false;
    bool off_site = false;
    std::string node;  // whose tenants are all of them off-site; empty: this one
};

// Both print what became of each tenant, and return the exit code.
int restore_tenants(const CommandLine& line, app::BackupTools& tools, const RestoreAsked& asked,
                    int cancel_fd);
int drill_tenants(const CommandLine& line, app::BackupTools& tools, const RestoreAsked& asked,
                  int cancel_fd);

// What brings the tenant back although its backup here is damaged, as commands and the end of a
// sentence: which older state will do is for the operator to say. Decodes older runs until one is
// whole. Throws nothing.
std::string mend_of_damaged(const app::BackupTools& tools, const RestoreAsked& asked,
                            const backup::TenantId& source, const backup::TenantId& target,
                            int cancel_fd);

// The newest run of the whole node, or the one that was asked for. Throws Failure
// `snapshot_not_found` and `snapshot_corrupt`.
backup::Run run_of_node(const app::BackupTools& tools, const std::string& snapshot);

// The tenants that it has, or that restic's copies have of it.
std::vector<backup::TenantId> tenants_of_node(const app::BackupTools& tools,
                                              const RestoreAsked& asked, int cancel_fd);

// Runs `work` in the tenant's turn among the processes of this machine, with as much time as it
// takes. Waits for a job of the daemon for a minute, and says so. Throws Failure `conflict` after
// that, `cancelled`, and what `work` throws.
void in_turn(app::BackupTools& tools, const backup::TenantId& tenant, int cancel_fd,
             const std::function<void(tenants::JobContext&)>& work);

// "error": its code and message.
void write_failure(json::Writer& writer, const Failure& failure);
void write_texts(json::Writer& writer, const char* name, const std::vector<std::string>& texts);

// On stderr, a line that begins with the tenant.
void print_trouble(const backup::TenantId& tenant, const std::string& text);

}  // namespace nexus::cli
