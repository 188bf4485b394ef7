#include "app/preflight.hpp"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>

#include "app/backend_host.hpp"
#include "app/redis_endpoint.hpp"
#include "redis/connection.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::app {
namespace {

using Severity = Finding::Severity;

Finding good(std::string subject, std::string message) {
    return {Severity::good, std::move(subject), std::move(message)};
}

Finding warning(std::string subject, std::string message) {
    return {Severity::warning, std::move(subject), std::move(message)};
}

Finding problem(std::string subject, std::string message, ExitCode code) {
    return {Severity::error, std::move(subject), std::move(message), code};
}

// One parameter of the server; nothing where this user may not ask.
std::optional<std::string> parameter(redis::Connection& connection, const std::string& name) {
    try {
        const auto reply = connection.call(redis::Command("CONFIG", "GET", name));
        if (reply.array().size() == 2) return reply.array()[1].text();
    } catch (const redis::Error& error) {
        if (!connection.is_open()) throw;
    }
    return std::nullopt;
}

void check_persistence(redis::Connection& connection, std::vector<Finding>& findings) {
    const auto save = parameter(connection, "save");
    const auto append_only = parameter(connection, "appendonly");
    if (!save || !append_only) {
        findings.push_back(
            warning("redis",
                    "this user may not run CONFIG GET, so persistence and eviction were "
                    "not checked; look at save, appendonly and maxmemory-policy yourself"));
    } else if (save->empty() && *append_only != "yes") {
        findings.push_back(
            warning("redis",
                    "Redis keeps nothing over a restart, jobs that wait would be lost; set "
                    "appendonly yes in redis.conf"));
    }
}

void check_eviction(redis::Connection& connection, std::vector<Finding>& findings) {
    const auto policy = parameter(connection, "maxmemory-policy");
    const auto limit = parameter(connection, "maxmemory");
    if (!policy || !limit || *policy == "noeviction") return;
    const std::string message =
        "maxmemory-policy is " + *policy +
        ", so Redis may throw away jobs when its memory is full; set it to noeviction";
    if (*limit == "0") {
        findings.push_back(warning("redis", message));
    } else {
        findings.push_back(problem("redis", message, exit_config));
    }
}

ExitCode exit_code_of(const redis::Error& error) {
    return error.kind() == redis::ErrorKind::refused ? exit_config : exit_unreachable;
}

}  // namespace

std::vector<Finding> try_redis(const config::Settings& settings) {
    std::vector<Finding> findings;
    if (!settings.redis_sentinels.empty()) {
        return {problem("redis",
                        "REDIS_SENTINELS is set, and this release does not ask Sentinel yet; name "
                        "the server in "
                        "REDIS_URL and unset REDIS_SENTINELS and REDIS_MASTER",
                        exit_config)};
    }
    try {
        redis::Connection connection(redis_endpoint(settings));
        connection.call(redis::Command("PING"));
        findings.push_back(good("redis", "Redis answers at " + connection.endpoint().describe()));
        check_persistence(connection, findings);
        check_eviction(connection, findings);
    } catch (const redis::Error& error) {
        findings.push_back(problem("redis", error.what(), exit_code_of(error)));
    }
    return findings;
}

std::vector<Finding> try_backend(const config::Settings& settings, Log& log) {
    constexpr std::chrono::seconds patience(10);
    try {
        BackendHost host(settings, log);
        const Info info =
            host.backend().info({std::chrono::steady_clock::now() + patience, -1, "check", ""});
        std::vector<Finding> findings{good("backend", info.engine + " " + info.engine_version +
                                                          " answers, API " + info.api_version +
                                                          ", through " + host.library().path())};
        for (const auto& text : info.warnings)
            findings.push_back(warning("backend", text));
        return findings;
    } catch (const StartFailure& failure) {
        return {problem("backend", failure.what(), failure.code())};
    } catch (const BackendError& error) {
        return {problem("backend", error.what(), exit_unreachable)};
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
            return {
                good("tenant_root", "TENANT_ROOT " + root + " is not there yet and will be made")};
        }
    }
    try {
        const tenants::TenantStore store(root);
        store.probe();
        return {good("tenant_root", "TENANT_ROOT " + root + " can be written, and holds " +
                                        std::to_string(store.list().size()) + " tenants")};
    } catch (const std::exception& error) {
        return {problem("tenant_root",
                        "TENANT_ROOT cannot be written: " + std::string(error.what()) +
                            "; give it to the user that runs nexus-runner, and see that its file "
                            "system is not mounted read-only",
                        exit_config)};
    }
}

}  // namespace nexus::app
