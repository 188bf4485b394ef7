#include "app/preflight.hpp"

#include <unistd.h>

#include <filesystem>
#include <optional>

#include "app/backend_host.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::app {

Finding Finding::good(std::string subject, std::string message) {
    return {Severity::good, std::move(subject), std::move(message)};
}

Finding Finding::warning(std::string subject, std::string message) {
    return {Severity::warning, std::move(subject), std::move(message)};
}

Finding Finding::problem(std::string subject, std::string message, ExitCode code) {
    return {Severity::error, std::move(subject), std::move(message), code};
}

namespace {

std::string listed(const std::vector<std::string>& losses) {
    std::string text;
    for (const auto& loss : losses)
        text += (text.empty() ? "" : ", ") + loss;
    return text;
}

// How a backup will come to the tenants' volumes; nothing where the backend does not tell.
std::optional<Finding> volumes_of(const Info& info) {
    const VolumeAccess& volumes = info.volumes;
    if (volumes.method.empty()) return std::nullopt;
    if (volumes.losses.empty()) {
        return Finding::good("backend", "volumes are read at their mount points, below " +
                                            volumes.folder + ", and nothing of them is lost");
    }
    return Finding::warning(
        "backend",
        "volumes are read through the engine's archive API. A backup does not keep: " +
            listed(volumes.losses) +
            "; and nothing can be restored in the place of a volume. Mount " + volumes.folder +
            " of the engine's host into the runner at the same path, as with -v " + volumes.folder +
            ":" + volumes.folder + ", and leave volume_access out of BACKEND_CONFIG");
}

}  // namespace

std::vector<Finding> try_backend(const config::Settings& settings, Log& log) {
    constexpr std::chrono::seconds patience(10);
    try {
        BackendHost host(settings, log);
        const Info info =
            host.backend().info({std::chrono::steady_clock::now() + patience, -1, "check", ""});
        std::vector<Finding> findings{
            Finding::good("backend", info.engine + " " + info.engine_version + " answers, API " +
                                         info.api_version + ", through " + host.library().path())};
        if (auto volumes = volumes_of(info)) findings.push_back(std::move(*volumes));
        for (const auto& text : info.warnings)
            findings.push_back(Finding::warning("backend", text));
        return findings;
    } catch (const StartFailure& failure) {
        return {Finding::problem("backend", failure.what(), failure.code())};
    } catch (const BackendError& error) {
        return {Finding::problem("backend", error.what(), exit_unreachable)};
    }
}

std::vector<Finding> try_tenant_root(const config::Settings& settings) {
    const std::string& root = settings.tenant_root;
    std::error_code ignored;
    if (!std::filesystem::exists(root, ignored)) {
        auto parent = std::filesystem::path(root).parent_path();
        while (!parent.empty() && !std::filesystem::exists(parent, ignored))
            parent = parent.parent_path();
        if (::access(parent.c_str(), W_OK) == 0) {
            return {Finding::good("tenant_root",
                                  "TENANT_ROOT " + root + " is not there yet and will be made")};
        }
    }
    try {
        const tenants::TenantStore store(root);
        store.probe();
        return {Finding::good("tenant_root", "TENANT_ROOT " + root + " can be written, and holds " +
                                                 std::to_string(store.list().size()) + " tenants")};
    } catch (const std::exception& error) {
        return {Finding::problem(
            "tenant_root",
            "TENANT_ROOT cannot be written: " + std::string(error.what()) +
                "; give it to the user that runs nexus-runner, and see that its file "
                "system is not mounted read-only",
            exit_config)};
    }
}

}  // namespace nexus::app
