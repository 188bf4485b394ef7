#include "app/node_folders.hpp"

#include <filesystem>
#include <system_error>

#include "app/start_failure.hpp"
#include "app/state_lock.hpp"

namespace nexus::app {
namespace {

// Makes the folder and opens what is in it.
template <typename Open>
auto open_folder(const std::string& path, const std::string& setting, Open open) {
    make_folder(path, setting);
    try {
        return open();
    } catch (const std::system_error& error) {
        throw StartFailure(exit_config,
                           setting + " " + path + " cannot be written: " + error.code().message() +
                               "; give it to the user that runs nexus-runner, and see that its "
                               "file system is not mounted read-only");
    }
}

}  // namespace

tenants::TenantStore open_store(const config::Settings& settings) {
    return open_folder(settings.tenant_root, "TENANT_ROOT", [&settings] {
        tenants::TenantStore store(settings.tenant_root);
        store.probe();
        return store;
    });
}

tenants::TurnLocks open_turns(const config::Settings& settings) {
    return open_folder(settings.state_dir, "STATE_DIR",
                       [&settings] { return tenants::TurnLocks(settings.state_dir); });
}

backup::Journal open_journal(const config::Settings& settings) {
    return open_folder(settings.state_dir, "STATE_DIR",
                       [&settings] { return backup::Journal(settings.state_dir); });
}

backup::BackupDir open_backup_dir(const config::Settings& settings) {
    return open_folder(settings.backup_dir, "BACKUP_DIR",
                       [&settings] { return backup::BackupDir(settings.backup_dir); });
}

backup::BackupDir find_backup_dir(const config::Settings& settings) {
    std::error_code error;
    const auto type = std::filesystem::status(settings.backup_dir, error).type();
    if (type != std::filesystem::file_type::not_found) return open_backup_dir(settings);
    throw StartFailure(exit_config, "BACKUP_DIR " + settings.backup_dir +
                                        " is not there; name the folder that has the backups, or "
                                        "make the first one: nexus-runner backup");
}

}  // namespace nexus::app
