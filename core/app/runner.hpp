// The daemon: builds its parts once, runs, and ends in order. Threads: one; on_end may be told from
// any.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/backend_host.hpp"
#include "app/backup_watch.hpp"
#include "app/node_status.hpp"
#include "app/reconcile_loop.hpp"
#include "app/settling.hpp"
#include "backup/backups.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "config/settings.hpp"
#include "http/server.hpp"
#include "jobs/executor.hpp"
#include "queue/node_queue.hpp"
#include "tenants/image_puller.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/reconciler.hpp"
#include "tenants/subnet_pool.hpp"
#include "tenants/tenant_store.hpp"
#include "tenants/turn_locks.hpp"

namespace nexus::app {

class Runner {
  public:
    struct Options {
        bool accept_mass_change = false;  // as that of Reconciler
    };

    // Builds every part and tries each, on a backend whose engine answered with `info` and which,
    // as `redactor` and `log`, outlives it. Throws StartFailure. `on_lost` is called where the
    // runner can work no more and is to be stopped: another process serves the node now, or a part
    // failed. It says why.
    Runner(config::Settings settings, Options options, BackendHost& backend, const Info& info,
           Redactor& redactor, Log& log,
           std::function<void(queue::Loss, const std::string&)> on_lost);
    ~Runner();

    // Takes the lease, answers HTTP and takes jobs. Throws StartFailure.
    void start();
    // Takes no new jobs and gives running ones DRAIN_TIMEOUT.
    void stop();

  private:
    void listen();
    queue::NodeFacts facts() const;
    tenants::Repair::Outside outside();
    tenants::InTurn in_turn();
    tenants::Reconciler::Jobs jobs();
    backup::Backups::Parts backup_parts();
    Settling::Parts settling_parts();
    BackupNews::Outside news_outside();

    config::Settings settings_;
    BackendHost& backend_;
    Log& log_;
    WallTime started_at_;
    UniqueFd state_lock_;
    tenants::TurnLocks turns_;
    tenants::TenantStore store_;
    tenants::Roster roster_;
    tenants::SubnetPool subnets_;
    tenants::ImagePuller puller_;
    tenants::StatusBook book_;
    tenants::CrashLoops loops_;
    tenants::Lifecycle lifecycle_;
    tenants::Repair repair_;
    tenants::Reconciler reconciler_;
    tenants::ImageKeeper images_;
    backup::Journal journal_;
    backup::Backups backups_;
    jobs::Executor executor_;
    Settling settling_;
    Progress progress_;
    std::size_t capacity_;
    queue::NodeQueue queue_;
    ReconcileLoop loop_;
    BackupWatch backup_watch_;
    NodeStatus status_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace nexus::app
