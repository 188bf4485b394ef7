#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "app/preflight.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::app {
namespace {

namespace fs = std::filesystem;

struct Folder {
    const char* setting;
    const char* subject;
    const std::string& path;
};

std::string mend(int error, const std::string& line) {
    if (error == EROFS) return "mount a folder there that can be written";
    if (error == ENOTDIR) return "remove the file that is in the way, or name another folder";
    return "give it to the user that runs nexus-runner, as root on the host: " + line;
}

std::string user() {
    return std::to_string(::geteuid());
}

Finding check_missing(const Folder& folder) {
    const std::string begin = std::string(folder.setting) + " " + folder.path + " is not there ";
    std::error_code ignored;
    fs::path parent = fs::path(folder.path).parent_path();
    while (parent.has_relative_path() && !fs::exists(parent, ignored))
        parent = parent.parent_path();
    if (::faccessat(AT_FDCWD, parent.c_str(), W_OK | X_OK, AT_EACCESS) == 0)
        return Finding::good(folder.subject, begin + "yet and will be made");
    const int error = errno;
    return Finding::problem(folder.subject,
                            begin + "and cannot be made in " + parent.string() + ": " +
                                std::generic_category().message(error) + "; " +
                                mend(error, "install -d -o " + user() + " " + folder.path),
                            exit_config);
}

Finding check_present(const Folder& folder) {
    const std::string begin = std::string(folder.setting) + " " + folder.path;
    std::error_code ignored;
    const bool is_folder = fs::is_directory(folder.path, ignored);
    if (is_folder &&
        ::faccessat(AT_FDCWD, folder.path.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) == 0)
        return Finding::good(folder.subject, begin + " can be written");
    const int error = is_folder ? errno : ENOTDIR;
    return Finding::problem(folder.subject,
                            begin +
                                " cannot be written: " + std::generic_category().message(error) +
                                "; " + mend(error, "chown " + user() + " " + folder.path),
                            exit_config);
}

Finding check(const Folder& folder) {
    std::error_code error;
    const auto type = fs::status(folder.path, error).type();
    return type == fs::file_type::not_found ? check_missing(folder) : check_present(folder);
}

// A number that is not the expected one shows a wrong mount.
void count_tenants(Finding& finding, const std::string& root) {
    try {
        const tenants::TenantStore store(root);
        store.probe();
        const auto tenants = store.list().size();
        finding.message +=
            ", and holds " + std::to_string(tenants) + (tenants == 1 ? " tenant" : " tenants");
    } catch (const std::system_error& error) {
        finding = Finding::problem(finding.subject,
                                   "TENANT_ROOT " + root +
                                       " cannot be written: " + error.code().message() + "; " +
                                       mend(error.code().value(), "chown " + user() + " " + root),
                                   exit_config);
    }
}

}  // namespace

std::vector<Finding> try_folders(const config::Settings& settings) {
    std::vector<Finding> findings{
        check({"TENANT_ROOT", "tenant_root", settings.tenant_root}),
        check({"STATE_DIR", "state_dir", settings.state_dir}),
        check({"BACKUP_DIR", "backup_dir", settings.backup_dir}),
    };
    if (findings.front().severity == Finding::Severity::good && fs::exists(settings.tenant_root))
        count_tenants(findings.front(), settings.tenant_root);
    // A runner that cannot back up still runs.
    auto& backup = findings.back();
    if (backup.severity == Finding::Severity::error)
        backup = Finding::warning(backup.subject, backup.message);
    return findings;
}

}  // namespace nexus::app
