#include "app/backup_news.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "backup/report.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"

namespace nexus::app {
namespace {

constexpr const char* file_name = "backups-told.json";

}  // namespace

BackupNews::BackupNews(const std::string& state_dir, std::string node, Outside outside, Log& log)
    : folder_(Directory::open(state_dir)),
      node_(std::move(node)),
      outside_(std::move(outside)),
      log_(log) {}

std::optional<BackupNews::Told> BackupNews::load() const {
    constexpr std::size_t most = 1U << 20U;
    const auto text = folder_.read(file_name, most);
    if (!text) return std::nullopt;
    try {
        const auto document = json::parse(*text, json::own_files);
        const json::Reader reader(document);
        Told told{reader.string("last"), {}};
        for (const auto& [id, empty] : reader.strings("open"))
            told.open.insert(id);
        return told;
    } catch (const json::Error& error) {
        log_.error("which backups were told of is not known; those that are there count as told",
                   {{"file", folder_.path() + "/" + file_name}, {"message", error.what()}});
        return std::nullopt;
    }
}

void BackupNews::save(const Told& told) {
    if (told == told_) return;
    json::Writer writer;
    writer.begin_object().member("v", 1).member("last", told.last).begin_object("open");
    for (const auto& id : told.open)
        writer.member(id, "");
    folder_.write(file_name, writer.end_object().end_object().text(), 0600);
    told_ = told;
}

bool BackupNews::has_come(const std::string& runs) const {
    if (!told_) return false;
    return std::any_of(told_->open.begin(), told_->open.end(), [&runs](const std::string& id) {
        return ::access((runs + "/" + id + "/run.json").c_str(), F_OK) == 0;
    });
}

void BackupNews::look(const backup::BackupDir* dir, const CancelSource& stop) {
    if (!told_) told_ = load();
    std::set<std::string> existing;
    Told now = told_.value_or(Told{});
    now.open.clear();
    if (dir != nullptr) {
        const backup::RunStore runs(*dir);
        // In this order: one that comes to exist in between is in both.
        const auto begun = runs.unpublished();
        const auto list = runs.list();
        existing.insert(list.begin(), list.end());
        std::set_difference(begun.begin(), begun.end(), list.begin(), list.end(),
                            std::inserter(now.open, now.open.end()));
        for (const auto* ids : {&begun, &list}) {
            if (!ids->empty()) now.last = std::max(now.last, ids->back());
        }
    }
    for (const auto& id : existing) {
        const bool known = !told_ || (id <= told_->last && told_->open.count(id) == 0);
        if (!known && !tell(backup::RunStore(*dir), id, stop)) return;
    }
    // After it was told: a process that dies in between tells it again, and never not at all.
    save(now);
}

bool BackupNews::tell(const backup::RunStore& runs, const std::string& id,
                      const CancelSource& stop) {
    try {
        const auto run = runs.load(id);
        // A job's own end tells of what it did.
        if (!run || run->node != node_ || !run->job_id.empty()) return true;
        for (const auto& backup : run->tenants) {
            if (!may_tell(stop)) return false;
            outside_.tell(event_of(*run, backup));
        }
        log_.info("a backup was made",
                  {{"snapshot", id}, {"tenants", std::to_string(run->tenants.size())}});
    } catch (const Failure& failure) {
        log_.error("a backup cannot be told of", {{"snapshot", id}, {"message", failure.what()}});
    }
    return true;
}

// More than wait for Redis at once would push each other out.
bool BackupNews::may_tell(const CancelSource& stop) const {
    constexpr std::size_t most = 1000;
    constexpr std::chrono::milliseconds until_another_look(100);
    while (outside_.waiting() >= most) {
        if (stop.wait_for(until_another_look)) return false;
    }
    return !stop.cancelled();
}

}  // namespace nexus::app
