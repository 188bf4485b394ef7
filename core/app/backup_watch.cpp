#include "app/backup_watch.hpp"

#include <sys/stat.h>

#include <utility>

namespace nexus::app {
namespace {

constexpr std::chrono::seconds between_looks(1);
// A verification changes a run's own folder and not the one that is watched.
constexpr std::chrono::seconds between_readings(30);

// Nothing where there is no such folder.
std::optional<FileVersion> version_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
    constexpr std::int64_t a_second = 1'000'000'000;
    return FileVersion{status.st_dev, status.st_ino, status.st_size,
                       status.st_mtim.tv_sec * a_second + status.st_mtim.tv_nsec,
                       status.st_ctim.tv_sec * a_second + status.st_ctim.tv_nsec};
}

}  // namespace

BackupWatch::BackupWatch(const config::Settings& settings, BackupNews::Outside outside, Log& log)
    : path_(settings.backup_dir),
      runs_(path_ + "/runs"),
      log_(log),
      news_(settings.state_dir, settings.node_name, std::move(outside), log),
      facts_(settings.node_name, log) {}

void BackupWatch::start() {
    thread_ = std::thread([this] { run(); });
}

void BackupWatch::stop() {
    stop_.cancel();
    if (thread_.joinable()) thread_.join();
}

void BackupWatch::run() {
    do {
        try {
            if (is_due()) look();
            failed_ = false;
        } catch (const std::exception& error) {
            seen_.reset();
            if (std::exchange(failed_, true)) continue;
            log_.warning("BACKUP_DIR cannot be read; its backups are not told of",
                         {{"folder", path_}, {"message", error.what()}});
        }
    } while (!stop_.wait_for(between_looks));
}

bool BackupWatch::is_due() {
    const auto version = version_of(runs_);
    const auto now = Clock::now();
    if (looked_ && version == seen_ && !news_.has_come(runs_) && now < *looked_ + between_readings)
        return false;
    seen_ = version;
    looked_ = now;
    return true;
}

void BackupWatch::look() {
    std::optional<backup::BackupDir> dir;
    if (seen_) dir.emplace(path_);
    news_.look(dir ? &*dir : nullptr, stop_);
    auto metrics = dir ? facts_.read(backup::RunStore(*dir)) : http::BackupMetrics{};
    const std::scoped_lock lock(mutex_);
    metrics_ = std::move(metrics);
}

http::BackupMetrics BackupWatch::metrics() const {
    const std::scoped_lock lock(mutex_);
    return metrics_;
}

}  // namespace nexus::app
