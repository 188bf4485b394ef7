#include "backup/run_store.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "backup/manifest_format.hpp"
#include "base/failure.hpp"
#include "base/kill_point.hpp"

namespace nexus::backup {
namespace {

constexpr const char* run_file = "run.json";
constexpr const char* verification_file = "verified.json";
constexpr mode_t private_file = 0600;
constexpr mode_t private_folder = 0700;

// 2026-11-26T02:15:00.123Z with what file systems and shells take in a name.
std::string id_at(WallTime time) {
    std::string id = format_timestamp(time);
    std::erase_if(id, [](char c) { return c == '-' || c == ':'; });
    return id;
}

WallTime time_of(const std::string& id) {
    const auto time =
        parse_timestamp(id.substr(0, 4) + "-" + id.substr(4, 2) + "-" + id.substr(6, 5) + ":" +
                        id.substr(11, 2) + ":" + id.substr(13));
    return time.value_or(WallTime{});
}

bool make_folder(const Directory& runs, const std::string& id) {
    if (::mkdirat(runs.fd(), id.c_str(), private_folder) == 0) return true;
    if (errno == EEXIST) return false;
    throw std::system_error(errno, std::generic_category(), runs.path() + "/" + id);
}

[[noreturn]] void fail_corrupt(const Directory& runs, const std::string& id, const char* file,
                               const std::string& problem, const std::string& mend) {
    throw Failure(ErrorCode::snapshot_corrupt, runs.path() + "/" + id + "/" + file +
                                                   " cannot be read: " + problem + "; " + mend);
}

// The file of a run as a value; nothing where it is not there.
template <typename Parse>
auto read(const Directory& runs, const std::string& id, const char* file, const std::string& mend,
          Parse parse) -> std::optional<decltype(parse(std::string()))> {
    try {
        const auto text = runs.read(id, file, manifest_limits.bytes);
        if (!text) return std::nullopt;
        return parse(*text);
    } catch (const std::system_error& error) {
        fail_corrupt(runs, id, file, error.what(), mend);
    } catch (const json::Error& error) {
        fail_corrupt(runs, id, file, error.what(), mend);
    }
}

}  // namespace

std::string RunStore::begin() const {
    const auto before = dir_.runs().names();
    WallTime time = wall_now();
    for (const auto& name : before) {
        if (is_run_id(name)) time = std::max(time, time_of(name) + std::chrono::milliseconds(1));
    }
    while (!make_folder(dir_.runs(), id_at(time)))
        time += std::chrono::milliseconds(1);
    NEXUS_KILL_POINT("after_run_begun");
    return id_at(time);
}

void RunStore::publish(const Run& run) const {
    const std::string text = to_json(run);
    try {
        parse_run(text, run.id);
    } catch (const json::Error& error) {
        throw Failure(
            ErrorCode::internal,
            "run " + run.id + " is not published, for nobody could read it: " + error.what());
    }
    const auto folder = dir_.runs().ensure(run.id, private_folder);
    dir_.runs().sync();
    folder.write(run_file, text, private_file);
    NEXUS_KILL_POINT("after_run_published");
}

void RunStore::abandon(const std::string& id) const {
    if (dir_.runs().version(id, run_file)) {
        // First of all, and on disk: half a run is none, and blobs may go that only it named.
        const auto folder = dir_.runs().ensure(id, private_folder);
        folder.remove(run_file);
        folder.sync();
        NEXUS_KILL_POINT("after_run_unpublished");
    }
    dir_.runs().remove(id);
    dir_.runs().sync();
    NEXUS_KILL_POINT("after_run_removed");
}

std::vector<std::string> RunStore::folders(bool published) const {
    std::vector<std::string> ids;
    for (auto& name : dir_.runs().names()) {
        if (is_run_id(name) && dir_.runs().version(name, run_file).has_value() == published)
            ids.push_back(std::move(name));
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<std::string> RunStore::list() const {
    return folders(true);
}

std::vector<std::string> RunStore::unpublished() const {
    return folders(false);
}

std::optional<Run> RunStore::load(const std::string& id) const {
    if (!is_run_id(id)) return std::nullopt;
    return read(dir_.runs(), id, run_file,
                "mend it from a copy of BACKUP_DIR, or move the folder of the run away, and with "
                "it what only this run holds",
                [&](const std::string& text) { return parse_run(text, id); });
}

void RunStore::note(const std::string& id, const Verification& verification) const {
    const auto folder = dir_.runs().find(id);
    if (!folder) {
        throw Failure(ErrorCode::snapshot_not_found, "run " + id + " was removed meanwhile");
    }
    folder->write(verification_file, to_json(verification), private_file);
    NEXUS_KILL_POINT("after_verification_noted");
}

std::optional<Verification> RunStore::verification(const std::string& id) const {
    if (!is_run_id(id)) return std::nullopt;
    return read(dir_.runs(), id, verification_file, "nexus-runner verify " + id + " writes it anew",
                [](const std::string& text) { return parse_verification(text); });
}

}  // namespace nexus::backup
