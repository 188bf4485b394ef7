// What HTTP tells of this node. The engine and the disk are asked in the background, so that a
// probe never waits for them. Threads: any.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/backend_host.hpp"
#include "app/backup_watch.hpp"
#include "base/cancel.hpp"
#include "base/progress.hpp"
#include "config/settings.hpp"
#include "http/status_source.hpp"
#include "queue/node_queue.hpp"
#include "tenants/reconciler.hpp"
#include "tenants/status_book.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::app {

class NodeStatus final : public http::StatusSource {
  public:
    // Whom it asks. All must outlive it.
    struct Sources {
        BackendHost& backend;
        const tenants::TenantStore& store;
        const tenants::StatusBook& book;
        const tenants::Reconciler& reconciler;
        const queue::NodeQueue& queue;
        const Progress& progress;
        const BackupWatch& backups;
    };
    NodeStatus(const config::Settings& settings, Sources sources, Log& log);
    ~NodeStatus() override;

    // Begins to ask.
    void start();

    http::Health health() override;
    std::vector<http::Check> readiness() override;
    http::Status status() override;
    http::Metrics metrics() override;

  private:
    void watch();
    void look();
    std::chrono::seconds uptime() const;

    const config::Settings& settings_;
    Sources from_;
    Log& log_;
    std::chrono::steady_clock::time_point started_at_;
    WallTime started_at_wall_;
    CancelSource stop_;
    mutable std::mutex mutex_;
    http::Check engine_;
    http::Check tenant_root_;
    http::Check disk_;
    std::thread thread_;
};

}  // namespace nexus::app
