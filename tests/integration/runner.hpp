// A nexus-runner of the build tree as a child process, with folders of its own. Threads: one at a
// time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "support/container_engine.hpp"
#include "support/curl.hpp"
#include "support/process.hpp"
#include "support/redis_server.hpp"
#include "support/temp_dir.hpp"

namespace nexus::test {

using Environment = std::map<std::string, std::string>;

// A Redis with the users that `nexus-runner redis-acl` prints.
class GuardedRedis : public RedisServer {
  public:
    // `nodes`: those that get a user of their own.
    explicit GuardedRedis(RedisOptions options = {}, const std::vector<std::string>& nodes = {});

    // As the user that all nodes share, or as the one of `node`.
    std::string node_url(const std::string& node = {}) const;
    std::string producer_url() const;
};

class Runner {
  public:
    // Not started yet. `changes` come on top of a working environment with the simulated backend.
    Runner(const RedisServer& redis, const Environment& changes);
    // It serves as the user of nodes; what producers do, cli() does as theirs.
    Runner(const GuardedRedis& redis, const Environment& changes);

    // Starts `serve` and waits for nothing.
    void launch();
    // Starts `serve` and waits until /readyz says 200.
    void start();
    // Starts `serve`, which is expected to refuse: its exit code. What it said is in log().
    int refusal();
    // SIGTERM; the exit code.
    int stop() { return process_->stop(); }
    void kill();

    // One command of the program against the same Redis.
    Finished cli(std::vector<std::string> arguments) const;
    // Submits a job with --wait; the result's document.
    json::Document job(std::vector<std::string> arguments) const;
    HttpReply http(const std::string& path, const std::vector<std::string>& options = {}) const;

    Environment& env() noexcept { return env_; }
    const Environment& env() const noexcept { return env_; }
    std::string tenant_root() const { return folder_ / "tenants"; }
    std::string state_dir() const { return folder_ / "state"; }
    std::string backup_dir() const { return folder_ / "backups"; }
    std::string log() const { return process_ ? process_->output() : ""; }
    // The last lines of it.
    std::string last_words() const;
    Process& process() { return *process_; }
    static std::string program();

  private:
    TempDir folder_;
    Environment env_;
    std::string producer_url_;  // empty: as env_ says
    std::string port_;
    std::unique_ptr<Process> process_;
};

// The nine verbs that need no storage, in an order in which each succeeds.
struct Verb {
    const char *action, *detail;
};
inline constexpr Verb verbs[] = {{"provision", "provisioned"},
                                 {"health", "ok"},
                                 {"stop", "stopped"},
                                 {"start", "started"},
                                 {"restart", "restarted"},
                                 {"pair_start", "pairing_started"},
                                 {"whatsapp_disconnect", "whatsapp_disconnected"},
                                 {"apply_config", "config_applied"},
                                 {"delete", "deleted"}};

// What a runner on this engine needs on top of what it has.
Environment on_engine(const ContainerEngine& engine);

// A member of a result, by a JSON pointer; as text where it is no string.
std::string at(const json::Document& document, const char* pointer);

bool contains(const std::string& text, const std::string& part);

// The text of a job with an empty payload, answered at <prefix>:reply:<id>.
std::string plain(const std::string& action, const std::string& id,
                  const std::string& tenant = "acme", const std::string& prefix = "nexus");

// Adds a job as a producer would, with redis-cli, and waits for its result.
json::Document raw_job(const RedisServer& redis, const std::string& id, const std::string& text,
                       const std::string& prefix = "nexus");

}  // namespace nexus::test
