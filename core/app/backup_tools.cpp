#include "app/backup_tools.hpp"

#include "app/node_folders.hpp"
#include "app/version.hpp"
#include "base/cancel.hpp"
#include "tenants/elsewhere_file.hpp"
#include "tenants/turn.hpp"

namespace nexus::app {
namespace {

using tenants::JobContext;

void reserve_subnets(const tenants::TenantStore& store, tenants::SubnetPool& subnets, Log& log) {
    for (const auto& tenant : store.list()) {
        try {
            if (const auto record = store.load(tenant)) subnets.reserve(record->network.subnet);
        } catch (const std::exception& error) {
            log.warning("a tenant's record cannot be read",
                        {{"tenant", tenant.text()}, {"message", error.what()}});
        }
    }
}

}  // namespace

BackupTools::BackupTools(config::Settings all_settings, Redactor& redactor, Log& log_of_all)
    : settings(std::move(all_settings)),
      log(log_of_all),
      host(settings, log),
      store(open_store(settings)),
      turns(open_turns(settings)),
      journal(open_journal(settings)),
      dir(open_backup_dir(settings)),
      subnets(settings.tenant_subnet_pool),
      puller(host.backend(), settings.registry_auth_file, redactor, log),
      lifecycle(host.backend(), store, puller, subnets, book, settings),
      settler({host.backend(), store, lifecycle, journal}, settings, log),
      restore(restore_from(dir)),
      snapshot({host.backend(), store, dir, turns, journal}, settings, version(), log) {
    reserve_subnets(store, subnets, log);
}

backup::Restore BackupTools::restore_from(const backup::BackupDir& other) {
    return {{host.backend(), store, lifecycle, puller, other, journal}, settings, log};
}

void BackupTools::settle(int cancel_fd) {
    const auto elsewhere = tenants::read_elsewhere(settings.state_dir);
    for (const auto& tenant : journal.list()) {
        if (is_cancelled(cancel_fd)) return;
        if (elsewhere.count(tenant) > 0) continue;
        const auto turn = turns.try_take(tenant);
        if (!turn) continue;
        try {
            auto context = tenants::circumstances(tenant, {[] {}, cancel_fd}, "settle", settings);
            settler.settle(context);
        } catch (const std::exception& error) {
            log.error("what a backup or a restore has left of a tenant is still to be put right",
                      {{"tenant", tenant.text()}, {"message", error.what()}});
        }
    }
}

}  // namespace nexus::app
