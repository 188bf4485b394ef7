#include "app/runner.hpp"

#include "app/node_folders.hpp"
#include "app/redis_endpoint.hpp"
#include "app/start_failure.hpp"
#include "app/state_lock.hpp"
#include "app/version.hpp"

namespace nexus::app {
namespace {

// How many tenants of the usual size fit into the engine's memory.
std::size_t capacity_of(const Info& info, const config::Settings& settings) {
    const auto fit = settings.runtime_memory > 0 ? info.memory_bytes / settings.runtime_memory : 0;
    return static_cast<std::size_t>(std::max<std::int64_t>(1, fit));
}

void reserve_subnets(const tenants::Roster::Entries& tenants, tenants::SubnetPool& subnets,
                     Log& log) {
    for (const auto& [tenant, entry] : tenants) {
        if (entry.record) subnets.reserve(entry.record->network.subnet);
        if (!entry.problem.empty()) {
            log.error("a tenant's files cannot be read; its jobs fail until they are mended",
                      {{"tenant", tenant.text()}, {"message", entry.problem}});
        }
    }
}

queue::NodeQueue::Options queue_options(const config::Settings& settings) {
    return {redis_endpoint(settings),
            settings.queue_prefix,
            settings.node_name,
            settings.state_dir,
            static_cast<unsigned>(settings.concurrency),
            std::chrono::duration_cast<std::chrono::seconds>(settings.ledger_ttl)};
}

}  // namespace

Runner::Runner(config::Settings settings, Options options, BackendHost& backend, const Info& info,
               Redactor& redactor, Log& log,
               std::function<void(queue::Loss, const std::string&)> on_lost)
    : settings_(std::move(settings)),
      backend_(backend),
      log_(log),
      started_at_(wall_now()),
      state_lock_(lock_state_dir(settings_.state_dir)),
      turns_(open_turns(settings_)),
      store_(open_store(settings_)),
      roster_(store_, settings_),
      subnets_(settings_.tenant_subnet_pool),
      puller_(backend_.backend(), settings_.registry_auth_file, redactor, log),
      lifecycle_(backend_.backend(), store_, puller_, subnets_, book_, settings_),
      repair_(backend_.backend(), store_, lifecycle_, book_, loops_, settings_, log, outside()),
      reconciler_({backend_.backend(), roster_, repair_, book_, loops_, backend_.ended()},
                  settings_, log, jobs(), outside(), {options.accept_mass_change}),
      images_(backend_.backend(), Directory::open(settings_.state_dir), settings_, log),
      journal_(settings_.state_dir),
      backups_(backup_parts(), settings_, version(), log),
      executor_(lifecycle_, backups_, book_, loops_, settings_, log),
      settling_(settling_parts(), settings_, log),
      capacity_(capacity_of(info, settings_)),
      queue_(queue_options(settings_),
             {[this] { return facts(); }, [this] { return store_.list(); }}, executor_, turns_,
             progress_, backend_.changes(), log, std::move(on_lost)),
      loop_({reconciler_, settling_, images_, puller_, queue_, backend_.changes()},
            settings_.reconcile_interval, log),
      backup_watch_(settings_, news_outside(), log),
      status_(settings_, {backend_, store_, book_, reconciler_, queue_, progress_, backup_watch_},
              log) {
    reserve_subnets(roster_.refresh(), subnets_, log);
}

Runner::~Runner() = default;

// Whatever may fail comes before the lease: from there on jobs are given to this node.
void Runner::start() {
    listen();
    try {
        queue_.start();
    } catch (const queue::LeaseHeld& held) {
        throw StartFailure(exit_lease_held, held.what());
    } catch (const redis::Error& error) {
        throw StartFailure(
            error.kind() == redis::ErrorKind::refused ? exit_config : exit_unreachable,
            error.what());
    }
    status_.start();
    loop_.start(progress_);
    backup_watch_.start();
    log_.info("ready",
              {{"node", settings_.node_name},
               {"version", version()},
               {"backend", std::string(backend_.library().name())},
               {"listen", settings_.listen_address.host + ":" + std::to_string(server_->port())},
               {"capacity", std::to_string(capacity_)}});
}

void Runner::listen() {
    try {
        http::ServerOptions options;
        options.host = settings_.listen_address.host;
        options.port = settings_.listen_address.port;
        server_ = std::make_unique<http::Server>(options, status_);
    } catch (const std::exception& error) {
        throw StartFailure(exit_config, error.what());
    }
}

void Runner::stop() {
    log_.info("draining", {{"running", std::to_string(queue_.running())}});
    loop_.stop();
    backup_watch_.stop();
    queue_.drain(settings_.drain_timeout);
    server_.reset();
    log_.info("stopped");
}

queue::NodeFacts Runner::facts() const {
    return {version(), settings_.backend, capacity_, format_timestamp(started_at_)};
}

tenants::Repair::Outside Runner::outside() {
    return {[this](const tenants::TenantEvent& event) { queue_.tell(event); }, wall_now,
            [this](const tenants::TenantId& tenant) { return queue_.place_of(tenant); },
            [this](const tenants::TenantId& tenant) { return journal_.is_unsettled(tenant); }};
}

tenants::InTurn Runner::in_turn() {
    return [this](const tenants::TenantId& tenant, std::function<void(const tenants::Turn&)> work) {
        return queue_.in_turn(tenant, std::move(work));
    };
}

tenants::Reconciler::Jobs Runner::jobs() {
    return {in_turn(), [this](const tenants::TenantId& tenant) { return queue_.has_job(tenant); }};
}

backup::Backups::Parts Runner::backup_parts() {
    return {backend_.backend(), store_, lifecycle_, puller_, turns_, journal_};
}

Settling::Parts Runner::settling_parts() {
    return {journal_,       backups_,           in_turn(),
            outside().tell, outside().place_of, [this] { backend_.changes().ring(); }};
}

BackupNews::Outside Runner::news_outside() {
    return {outside().tell, [this] { return queue_.undelivered(); }};
}

}  // namespace nexus::app
