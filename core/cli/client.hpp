// What the commands that only speak to Redis share: settings, a connection, and the way they print.
// Threads: one.
#pragma once

#include <string>

#include "base/log.hpp"
#include "cli/command.hpp"
#include "config/loader.hpp"
#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::cli {

// The settings of this process. The log goes to stderr.
config::Loaded load_settings(const CommandLine& line);

// Throws StartFailure `exit_config` for the first problem that `concerns` what is to be done.
void refuse_problems(const config::Loaded& loaded, bool (*concerns)(const config::Problem&));

class Client {
  public:
    // Needs no more settings than how to reach Redis. Throws StartFailure.
    explicit Client(const CommandLine& line);

    redis::Connection& connection() noexcept { return connection_; }
    const queue::Keys& keys() const noexcept { return keys_; }
    std::chrono::seconds ledger_ttl() const noexcept { return ledger_ttl_; }

  private:
    explicit Client(const config::Settings& settings);

    queue::Keys keys_;
    std::chrono::seconds ledger_ttl_;
    redis::Connection connection_;
};

// Runs a command that speaks to Redis; what Redis has against it becomes a sentence and an exit
// code.
int with_redis(const CommandLine& line, const std::function<int(Client&)>& use);

void print_line(const std::string& text);
// A JSON object, a member a line for people or as it is for programs. What is not a JSON object is
// printed as it is.
void print_object(const std::string& json, bool as_json);

}  // namespace nexus::cli
