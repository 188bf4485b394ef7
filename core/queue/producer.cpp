#include "queue/producer.hpp"

#include <algorithm>

namespace nexus::queue {
namespace {

constexpr std::size_t events_a_call = 100;

std::vector<StoredEvent> to_events(const redis::Reply& entries) {
    std::vector<StoredEvent> events;
    for (const auto& entry : entries.array()) {
        const auto& parts = entry.array();
        if (parts.size() != 2) continue;
        const auto& fields = parts[1].array();
        for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
            if (fields[i].text() == "event")
                events.push_back({parts[0].text(), fields[i + 1].text()});
        }
    }
    return events;
}

redis::Patience longer_than(const redis::Connection& connection, std::chrono::milliseconds time) {
    redis::Patience patience;
    patience.timeout = time + connection.endpoint().call_timeout;
    return patience;
}

}  // namespace

void submit(redis::Connection& connection, const Keys& keys, const std::string& job) {
    connection.call(redis::Command("XADD", keys.intake, "*", "job", job));
}

std::optional<std::string> wait_for_result(redis::Connection& connection,
                                           const std::string& reply_to,
                                           std::chrono::milliseconds time) {
    using Seconds = std::chrono::duration<double>;
    const std::string seconds = std::to_string(Seconds(time).count());
    const auto reply =
        connection.call(redis::Command("BLPOP", reply_to, seconds), longer_than(connection, time));
    if (reply.is_nil() || reply.array().size() != 2) return std::nullopt;
    return reply.array()[1].text();
}

std::map<std::string, std::string> read_ledger(redis::Connection& connection, const Keys& keys,
                                               const std::string& id) {
    std::map<std::string, std::string> ledger;
    const auto reply = connection.call(redis::Command("HGETALL", keys.job(id)));
    const auto& fields = reply.array();
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        ledger.emplace(fields[i].text(), fields[i + 1].text());
    }
    return ledger;
}

std::vector<StoredEvent> newest_events(redis::Connection& connection, const Keys& keys,
                                       std::size_t most) {
    auto events = to_events(
        connection.call(redis::Command("XREVRANGE", keys.events, "+", "-", "COUNT", most)));
    std::reverse(events.begin(), events.end());
    return events;
}

std::vector<StoredEvent> next_events(redis::Connection& connection, const Keys& keys,
                                     const std::string& after, std::chrono::milliseconds time) {
    const auto reply = connection.call(redis::Command("XREAD", "COUNT", events_a_call, "BLOCK",
                                                      time.count(), "STREAMS", keys.events, after),
                                       longer_than(connection, time));
    if (reply.is_nil() || reply.array().empty() || reply.array()[0].array().size() != 2) return {};
    return to_events(reply.array()[0].array()[1]);
}

}  // namespace nexus::queue
