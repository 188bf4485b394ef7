// The tries that `check-config` and the start of `serve` make: Redis, the backend and the folders,
// each asked for real. Threads: one.
#pragma once

#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/backend_host.hpp"
#include "app/own_container.hpp"
#include "app/start_failure.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"

namespace nexus::app {

struct Finding {
    enum class Severity { good, warning, error };
    Severity severity;
    std::string subject;                     // "redis", "backend", "tenant_root" and so on
    std::string message;                     // what was seen, and the mend where one is needed
    ExitCode exit_code = exit_done;          // of an error
    std::vector<std::string> commands = {};  // lines for a shell that are the mend

    static Finding good(std::string subject, std::string message);
    static Finding warning(std::string subject, std::string message);
    static Finding problem(std::string subject, std::string message, ExitCode code);
};

void append(std::vector<Finding>& findings, std::vector<Finding> more);

// Redis answers to PING with these credentials, keeps its data over a restart, and evicts nothing.
// Behind Sentinel, which master it is; on Redis Cluster, that the keys are where they can be used.
std::vector<Finding> try_redis(const config::Settings& settings);
// The plugin loads with its configuration, its engine answers, and what check_backend finds.
std::vector<Finding> try_backend(const config::Settings& settings, Log& log);
// The engine that answered with `info`, which the first finding says; how volumes are read; and the
// two checks below.
std::vector<Finding> check_backend(const config::Settings& settings, BackendHost& host,
                                   const Info& info);
// TENANT_ROOT, STATE_DIR and BACKUP_DIR can be written, or made.
std::vector<Finding> try_folders(const config::Settings& settings);

// These ask an engine, and throw BackendError.

// TENANT_NETWORK, where tenants share it and it can be asked for; a finding where it is missing.
std::optional<NetworkState> shared_network(const config::Settings& settings, Backend& backend,
                                           const CallContext& ctx, std::vector<Finding>& findings);
// The engine finds in its own place what the runner finds in `own`, its container: TENANT_ROOT is
// the same path on the host, what must outlive the container is mounted, and strangers cannot reach
// its ports.
std::vector<Finding> check_container(const config::Settings& settings, Backend& backend,
                                     const CallContext& ctx, const OwnContainer& own);

// What tenants can reach that they should not, because no engine keeps them from it. `shared`: the
// network that they share, where they do. Looks up the name of Redis; asks no engine.
std::vector<Finding> check_isolation(const config::Settings& settings,
                                     const std::optional<NetworkState>& shared);

}  // namespace nexus::app
