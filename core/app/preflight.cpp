#include "app/preflight.hpp"

#include <optional>

#include "app/own_container.hpp"
#include "tenants/shared_network.hpp"

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

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
    std::move(more.begin(), more.end(), std::back_inserter(findings));
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

CallContext soon() {
    constexpr std::chrono::seconds patience(10);
    return {std::chrono::steady_clock::now() + patience, -1, "check", ""};
}

std::vector<Finding> findings_of(const config::Settings& settings, BackendHost& host,
                                 const Info& info) {
    auto& backend = host.backend();
    std::vector<Finding> findings{
        Finding::good("backend", info.engine + " " + info.engine_version + " answers, API " +
                                     info.api_version + ", through " + host.library().path())};
    if (auto volumes = volumes_of(info)) findings.push_back(std::move(*volumes));
    for (const auto& text : info.warnings)
        findings.push_back(Finding::warning("backend", text));
    if (!info.runs_programs) return findings;  // nor has it any host
    const auto shared = shared_network(settings, backend, soon(), findings);
    if (const auto own = own_container())
        append(findings, check_container(settings, backend, soon(), *own));
    append(findings, check_isolation(settings, shared));
    return findings;
}

}  // namespace

std::optional<NetworkState> shared_network(const config::Settings& settings, Backend& backend,
                                           const CallContext& ctx, std::vector<Finding>& findings) {
    if (settings.tenant_isolation != config::Isolation::shared) return std::nullopt;
    std::optional<NetworkState> network;
    try {
        network = backend.inspect_network(ctx, settings.tenant_network);
    } catch (const BackendError& error) {
        if (error.code() != Code::unsupported) throw;
        return std::nullopt;  // an older plugin; the first job tells
    }
    if (!network) {
        findings.push_back(Finding::problem("tenant_network",
                                            "the engine has no network " + settings.tenant_network +
                                                "; " + tenants::mend_of_shared_network(settings),
                                            exit_config));
    }
    return network;
}

std::vector<Finding> try_backend(const config::Settings& settings, Log& log) {
    try {
        BackendHost host(settings, log);
        return check_backend(settings, host, host.probe());
    } catch (const StartFailure& failure) {
        return {Finding::problem("backend", failure.what(), failure.code())};
    }
}

std::vector<Finding> check_backend(const config::Settings& settings, BackendHost& host,
                                   const Info& info) {
    try {
        return findings_of(settings, host, info);
    } catch (const BackendError& error) {
        return {Finding::problem("backend", error.what(), exit_unreachable)};
    }
}

}  // namespace nexus::app
