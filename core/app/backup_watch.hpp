// Watches BACKUP_DIR, where the command line works beside this process: tells of new backups, and
// keeps what /metrics says of them. A BACKUP_DIR that is not there is no trouble; it is never made
// here. Threads: one of its own; metrics may be called from any.
#pragma once

#include <mutex>
#include <thread>

#include "app/backup_facts.hpp"
#include "app/backup_news.hpp"
#include "base/cancel.hpp"
#include "config/settings.hpp"

namespace nexus::app {

class BackupWatch {
  public:
    // `settings` and `log` must outlive it.
    BackupWatch(const config::Settings& settings, BackupNews::Outside outside, Log& log);
    ~BackupWatch() { stop(); }

    void start();
    void stop();

    // As of a moment ago.
    http::BackupMetrics metrics() const;

  private:
    using Clock = std::chrono::steady_clock;

    void run();
    void look();
    bool is_due();

    const std::string path_;
    const std::string runs_;
    Log& log_;
    BackupNews news_;
    BackupFacts facts_;
    std::optional<FileVersion> seen_;  // of the folder of runs, at the last look
    std::optional<Clock::time_point> looked_;
    bool failed_ = false;  // the last look
    mutable std::mutex mutex_;
    http::BackupMetrics metrics_;
    CancelSource stop_;
    std::thread thread_;
};

}  // namespace nexus::app
