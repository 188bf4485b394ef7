#include "queue/intake.hpp"

#include <algorithm>
#include <utility>

#include "base/kill_point.hpp"
#include "base/timestamp.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr std::size_t most_routed_a_call = 256;
constexpr std::chrono::milliseconds longest_wait(1000);
constexpr const char* new_entries = ">";
constexpr const char* oldest = "0-0";

// XGROUP CREATE where the group may be there already.
void ensure_group(redis::Connection& connection, const std::string& stream, const char* group) {
    try {
        connection.call(redis::Command("XGROUP", "CREATE", stream, group, "0", "MKSTREAM"));
    } catch (const redis::Error& error) {
        if (error.code() != "BUSYGROUP") throw;
    }
}

const redis::Reply& element(const redis::Reply& reply, std::size_t index) {
    const auto& elements = reply.array();
    if (index >= elements.size()) {
        throw redis::Error(redis::ErrorKind::protocol, "a stream entry came without its parts");
    }
    return elements[index];
}

Entry to_entry(const redis::Reply& reply) {
    Entry entry{element(reply, 0).text(), "", ""};
    const auto& body = element(reply, 1);
    if (body.is_nil()) return entry;  // deleted from the stream while it was pending here
    const auto& fields = body.array();
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        if (fields[i].text() == "job") entry.bytes = fields[i + 1].text();
        if (fields[i].text() == "intake_id") entry.intake_id = fields[i + 1].text();
    }
    return entry;
}

}  // namespace

Intake::Intake(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
               Admission& admission, const CancelSource& stop, Log& log,
               std::function<void(const std::string&)> on_fenced)
    : session_(session),
      keys_(keys),
      lease_(lease),
      in_flight_(in_flight),
      admission_(admission),
      stop_(stop),
      log_(log),
      on_fenced_(std::move(on_fenced)),
      cursor_(oldest),
      last_seen_(oldest) {}

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
    if (std::exchange(broken_, true)) cursor_ = oldest;
    if (!joined_.exchange(true)) join(connection);
    admission_.decide(connection);
    const auto room = in_flight_.room();
    if (room == 0) {
        in_flight_.wait_for_room(longest_wait);
    } else {
        auto entries = read(connection, room);
        NEXUS_KILL_POINT("after_read");
        const bool all_read = entries.empty() && cursor_ == new_entries;
        if (entries.empty()) cursor_ = new_entries;
        for (auto& entry : entries)
            admission_.add(std::move(entry));
        admission_.decide(connection);
        if (all_read) wait_for_entries(connection);
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
    cursor_ = oldest;
    last_seen_ = oldest;
}

// Routes first, so that a job that has just been added is among what is read.
std::vector<Entry> Intake::read(redis::Connection& connection, std::size_t room) {
    const std::string now = format_timestamp(wall_now());
    const std::string epoch = lease_.epoch();
    const std::string most = std::to_string(most_routed_a_call);
    route_script().run(connection, {keys_.intake}, {keys_.prefix, keys_.node, epoch, now, most});
    const auto reply =
        connection.call(redis::Command("XREADGROUP", "GROUP", runner_group, keys_.node, "COUNT",
                                       room, "STREAMS", keys_.node_jobs, cursor_));
    std::vector<Entry> entries;
    if (reply.is_nil()) return entries;
    for (const auto& part : element(element(reply, 0), 1).array())
        entries.push_back(to_entry(part));
    if (entries.empty()) return entries;
    if (cursor_ != new_entries) cursor_ = entries.back().id;
    last_seen_ = entries.back().id;
    return entries;
}

// XREAD only as a bell: entries are there until they are routed, or newer than what was read.
void Intake::wait_for_entries(redis::Connection& connection) {
    redis::Patience patience;
    patience.timeout = longest_wait + connection.endpoint().call_timeout;
    connection.call(redis::Command("XREAD", "COUNT", 1, "BLOCK", longest_wait.count(), "STREAMS",
                                   keys_.intake, keys_.node_jobs, oldest, last_seen_),
                    patience);
}

}  // namespace nexus::queue
