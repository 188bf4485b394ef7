#include "queue/intake.hpp"

#include <algorithm>
#include <utility>

#include "base/kill_point.hpp"
#include "queue/pull.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr std::size_t most_a_call = 256;
constexpr std::chrono::milliseconds longest_wait(1000);

// XGROUP CREATE where the group may be there already.
void ensure_group(redis::Connection& connection, const std::string& stream, const char* group) {
    try {
        connection.call(redis::Command("XGROUP", "CREATE", stream, group, "0", "MKSTREAM"));
    } catch (const redis::Error& error) {
        if (error.code() != "BUSYGROUP") throw;
    }
}

}  // namespace

Intake::Intake(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
               Admission& admission, Runs& runs, const CancelSource& stop, Log& log,
               std::function<void(const std::string&)> on_fenced)
    : session_(session),
      keys_(keys),
      lease_(lease),
      in_flight_(in_flight),
      admission_(admission),
      runs_(runs),
      stop_(stop),
      log_(log),
      on_fenced_(std::move(on_fenced)) {}

void Intake::run(Progress::Beat& beat) {
    session_.on_retry([&beat] { beat.beat(); });
    constexpr std::chrono::seconds between_tries(1);
    while (!stop_.cancelled()) {
        beat.beat();
        try {
            session_.with([&](redis::Connection& connection) {
                beat.beat();
                turn(connection);
            });
        } catch (const redis::Error& error) {
            if (error.code() == fenced_code) {
                on_fenced_(error.what());
                return;
            }
            if (error.code() == "NOGROUP") {
                rejoin();
            } else if (error.code() == unleased_code) {
                stop_.wait_for(between_tries);
            } else if (error.kind() != redis::ErrorKind::cancelled) {
                log_.error("the queue cannot be read; trying again", {{"message", error.what()}});
                stop_.wait_for(between_tries);
            }
        }
    }
}

void Intake::turn(redis::Connection& connection) {
    // A turn that broke may have lost an answer on its way: what it read is pending, and is read
    // again.
    if (std::exchange(broken_, true)) position_.cursor = oldest;
    if (!joined_.exchange(true)) join(connection);
    const bool all_read = pull_once(connection);
    if (in_flight_.room() == 0) {
        in_flight_.wait_for_room(longest_wait);
    } else if (all_read) {
        wait_for_entries(connection);
    }
    broken_ = false;
}

void Intake::join(redis::Connection& connection) {
    try {
        ensure_group(connection, keys_.intake, router_group);
        ensure_group(connection, keys_.node_jobs, runner_group);
        connection.call(
            redis::Command("XGROUP", "CREATECONSUMER", keys_.intake, router_group, keys_.node));
        connection.call(
            redis::Command("XGROUP", "CREATECONSUMER", keys_.node_jobs, runner_group, keys_.node));
    } catch (...) {
        rejoin();
        throw;
    }
    position_.cursor = oldest;
    position_.newest = oldest;
    // Only what an earlier process knew: of this one's tenants some may have come back since.
    if (std::exchange(knows_gone_, true)) return;
    const auto gone = connection.call(redis::Command("HGETALL", keys_.gone)).array();
    for (std::size_t i = 0; i < gone.size(); i += 2)
        runs_.add_gone(gone[i].text());
}

// True where there is nothing more to read now.
bool Intake::pull_once(redis::Connection& connection) {
    const auto room = std::min(in_flight_.room(), most_a_call);
    const auto gone = runs_.gone_tenants();
    auto pulled = pull(connection, keys_, lease_.epoch(), position_, room, gone);
    if (pulled.released) runs_.released(gone);
    position_.last_cancel = std::move(pulled.last_cancel);
    const bool was_new = position_.cursor == new_entries;
    if (pulled.entries.empty() && room > 0) {
        if (!was_new) position_.newest = std::move(pulled.delivered);  // all of it is here
        position_.cursor = new_entries;
        caught_up_ = true;
    } else if (!pulled.entries.empty()) {
        position_.newest = pulled.entries.back().id;
        if (!was_new) position_.cursor = position_.newest;
    }
    for (auto& entry : pulled.entries)
        admission_.add(std::move(entry));
    runs_.added(position_.newest);
    if (!pulled.entries.empty()) NEXUS_KILL_POINT("after_read");
    for (const auto& job : pulled.cancels)
        runs_.cancel(job);
    return pulled.entries.size() < room && was_new;
}

// XREAD only as a bell: entries are there until they are routed, or newer than what was seen.
void Intake::wait_for_entries(redis::Connection& connection) {
    redis::Patience patience;
    patience.timeout = longest_wait + connection.endpoint().call_timeout;
    connection.call(redis::Command("XREAD", "COUNT", 1, "BLOCK", longest_wait.count(), "STREAMS",
                                   keys_.intake, keys_.node_jobs, keys_.cancel, oldest,
                                   position_.newest, position_.last_cancel),
                    patience);
}

}  // namespace nexus::queue
