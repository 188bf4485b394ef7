#include "app/node_status.hpp"

#include <sys/statvfs.h>

#include "app/version.hpp"

namespace nexus::app {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds between_looks(10);
// Longer than the longest wait of a reconnect (20 s) with its connect timeout.
constexpr std::chrono::seconds stall_limit(60);
constexpr std::uint64_t least_free_bytes = 256U << 20U;  // for files, spool and logs

http::Check good(const char* name, std::string message) {
    return {name, true, std::move(message)};
}
http::Check bad(const char* name, std::string message) {
    return {name, false, std::move(message)};
}

http::Check look_at_disk(const std::vector<std::string>& folders) {
    for (const auto& folder : folders) {
        struct statvfs status {};
        if (::statvfs(folder.c_str(), &status) != 0)
            return bad("disk", folder + " cannot be asked for its free space");
        const auto free = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
        if (free < least_free_bytes) {
            return bad("disk", folder + " has " + std::to_string(free >> 20U) +
                                   " MiB left; free some, " +
                                   std::to_string(least_free_bytes >> 20U) + " MiB is the least");
        }
    }
    return good("disk", "enough space is free");
}

}  // namespace

NodeStatus::NodeStatus(const config::Settings& settings, Sources sources, Log& log)
    : settings_(settings),
      from_(sources),
      log_(log),
      started_at_(SteadyClock::now()),
      started_at_wall_(wall_now()),
      engine_(good("backend", "answered at the start")),
      tenant_root_(good("tenant_root", "could be written at the start")),
      disk_(good("disk", "not looked at yet")) {}

NodeStatus::~NodeStatus() {
    stop_.cancel();
    if (thread_.joinable()) thread_.join();
}

void NodeStatus::start() {
    thread_ = std::thread([this] { watch(); });
}

void NodeStatus::watch() {
    do {
        try {
            look();
        } catch (const std::exception& error) {
            log_.error("the node's own checks failed", {{"message", error.what()}});
        }
    } while (!stop_.wait_for(between_looks));
}

void NodeStatus::look() {
    http::Check engine = good("backend", std::string(from_.backend.library().name()) + " answers");
    try {
        constexpr std::chrono::seconds patience(5);
        // Of a runtime that no tenant can have: what an engine says of itself, Podman finds out by
        // programs that take a third of a second.
        from_.backend.backend().inspect({SteadyClock::now() + patience, stop_.fd(), "status", ""},
                                        "tenant__runtime");
    } catch (const BackendError& error) {
        engine = bad("backend", error.what());
    }
    http::Check root = good("tenant_root", "can be written");
    try {
        from_.store.probe();
    } catch (const std::exception& error) {
        root = bad("tenant_root", error.what());
    }
    http::Check disk = look_at_disk({settings_.tenant_root, settings_.state_dir});
    const std::scoped_lock lock(mutex_);
    engine_ = std::move(engine);
    tenant_root_ = std::move(root);
    disk_ = std::move(disk);
}

http::Health NodeStatus::health() {
    http::Health health;
    const auto stalled = from_.progress.stalled(SteadyClock::now(), stall_limit);
    health.ok = !stalled;
    health.node = settings_.node_name;
    health.version = version();
    health.backend = from_.backend.library().name();
    health.uptime = uptime();
    return health;
}

std::chrono::seconds NodeStatus::uptime() const {
    return std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - started_at_);
}

http::Status NodeStatus::status() {
    http::Status status{settings_.node_name,
                        version(),
                        std::string(from_.backend.library().name()),
                        uptime(),
                        from_.queue.queued(),
                        from_.queue.running(),
                        {}};
    for (auto& [tenant, known] : from_.book.all()) {
        const bool seen = known.since != WallTime{};
        status.tenants.push_back({tenant.text(), known.desired, known.observed,
                                  seen ? format_timestamp(known.since) : "", known.restarts,
                                  known.image, known.last_error});
    }
    return status;
}

http::Metrics NodeStatus::metrics() {
    http::Metrics metrics;
    metrics.health = health();
    metrics.started_at = started_at_wall_;
    metrics.checks = readiness();
    metrics.queued = from_.queue.queued();
    metrics.running = from_.queue.running();
    auto totals = from_.book.totals();
    metrics.tenants = std::move(totals.tenants);
    metrics.restarts = totals.restarts;
    auto& backend = from_.backend.backend();
    metrics.calls = backend.in_flight();
    for (const auto& operation : backend.statistics()) {
        metrics.operations.push_back(
            {std::string(operation.name), operation.count, operation.errors, operation.total});
    }
    metrics.backups = from_.backups.metrics();
    return metrics;
}

std::vector<http::Check> NodeStatus::readiness() {
    std::vector<http::Check> checks;
    checks.push_back(from_.queue.connected() ? good("redis", "connected")
                                             : bad("redis", "not connected; reconnecting"));
    const auto stuck = from_.backend.backend().stuck();
    checks.push_back(from_.queue.holds_lease() ? good("lease", "held")
                                               : bad("lease", "not confirmed in time"));
    const auto unkept = from_.reconciler.problem();
    const std::scoped_lock lock(mutex_);
    checks.push_back(stuck ? bad("backend", *stuck) : engine_);
    checks.push_back(unkept && tenant_root_.ok ? bad("tenant_root", *unkept) : tenant_root_);
    checks.push_back(disk_);
    return checks;
}

}  // namespace nexus::app
