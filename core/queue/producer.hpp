// The other side of the queue, for the command line: adds jobs and reads what became of them.
// Functions throw redis::Error. Threads: any, with a connection of their own.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::queue {

// Adds a job, as its JSON text, to the intake.
void submit(redis::Connection& connection, const Keys& keys, const std::string& job);

// The result that was pushed to a job's `reply_to`; nothing where none came within `time`.
std::optional<std::string> wait_for_result(redis::Connection& connection,
                                           const std::string& reply_to,
                                           std::chrono::milliseconds time);

// The fields of a job's ledger entry; empty where there is none.
std::map<std::string, std::string> read_ledger(redis::Connection& connection, const Keys& keys,
                                               const std::string& id);

struct StoredEvent {
    std::string id;     // of the entry of the stream
    std::string event;  // JSON
};

// The newest events of the durable stream, oldest first, at most `most`.
std::vector<StoredEvent> newest_events(redis::Connection& connection, const Keys& keys,
                                       std::size_t most);

// Events after the entry `after` ("0-0": all, "$": only what is added from now on), waiting up to
// `time` for the first.
std::vector<StoredEvent> next_events(redis::Connection& connection, const Keys& keys,
                                     const std::string& after, std::chrono::milliseconds time);

}  // namespace nexus::queue
