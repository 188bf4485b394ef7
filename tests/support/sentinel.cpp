#include "support/sentinel.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <stdexcept>

#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

// Of a whole failover, on a machine that has much else to do.
constexpr std::chrono::seconds patience(30);

// A server that changes its part hangs up on everybody, on redis-cli too.
bool holds(const std::function<bool()>& condition) {
    try {
        return condition();
    } catch (const std::runtime_error&) {
        return false;
    }
}

void require_within(const char* what, const std::function<bool()>& condition) {
    if (!holds_within(patience, [&] { return holds(condition); }))
        throw std::runtime_error(std::string("the sentinels' group never ") + what);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// Of an answer that is names and values in turn, a line each.
std::string value_of(const std::string& answer, const std::string& name) {
    std::istringstream lines(answer);
    for (std::string line, value; std::getline(lines, line) && std::getline(lines, value);) {
        if (line == name) return value;
    }
    return {};
}

bool is_master(const RedisServer& server) {
    return server.cli({"ROLE"}).rfind("master", 0) == 0;
}

}  // namespace

SentinelGroup::SentinelGroup(SentinelOptions options) : options_(std::move(options)) {
    start_servers();
    start_sentinels();
    settle();
    require_within("knew all of the group", [this] {
        return std::all_of(sentinels_.begin(), sentinels_.end(),
                           [this](const auto& sentinel) { return knows_all(*sentinel); });
    });
}

void SentinelGroup::start_servers() {
    RedisOptions options{.password = options_.password, .config = options_.config};
    options.config.emplace_back("repl-diskless-sync-delay 0");
    options.config.emplace_back("repl-ping-replica-period 1");
    if (!options_.password.empty()) options.config.push_back("masterauth " + options_.password);
    servers_.push_back(std::make_unique<RedisServer>(options));
    options.config.push_back("replicaof 127.0.0.1 " + std::to_string(servers_.front()->port()));
    while (servers_.size() <= options_.replicas)
        servers_.push_back(std::make_unique<RedisServer>(options));
}

void SentinelGroup::start_sentinels() {
    RedisOptions options{.sentinel = true};
    if (options_.sentinel_password) options.password = options_.password;
    const std::string quorum = std::to_string(options_.sentinels / 2 + 1);
    const std::string& name = options_.master_name;
    options.config = {"sentinel monitor " + name + " 127.0.0.1 " +
                          std::to_string(servers_.front()->port()) + " " + quorum,
                      "sentinel down-after-milliseconds " + name + " 1000",
                      "sentinel failover-timeout " + name + " 2000",
                      "sentinel parallel-syncs " + name + " 8"};
    if (!options_.password.empty())
        options.config.push_back("sentinel auth-pass " + name + " " + options_.password);
    while (sentinels_.size() < options_.sentinels) {
        sentinels_.push_back(std::make_unique<RedisServer>(options));
        // Their own are made for networks: 10 s between two looks at a server. While a master is
        // down they look once a second at its replicas, and trust no look that is older than five
        // pings.
        sentinels_.back()->cli({"SENTINEL", "DEBUG", "info-period", "200", "ping-period", "300",
                                "ask-period", "100", "publish-period", "200", "tilt-period",
                                "100"});
    }
}

std::map<std::string, std::string> SentinelGroup::settings() const {
    std::string places;
    for (const auto& sentinel : sentinels_)
        places += (places.empty() ? "" : ",") + ("127.0.0.1:" + std::to_string(sentinel->port()));
    const std::string login = options_.password.empty() ? "" : "default:" + options_.password + "@";
    return {{"REDIS_URL", "redis://" + login + "redis.invalid:1/0"},
            {"REDIS_SENTINELS", places},
            {"REDIS_MASTER", options_.master_name}};
}

std::uint16_t SentinelGroup::master_port(const RedisServer& sentinel) const {
    const auto answer = sentinel.cli({"SENTINEL", "get-master-addr-by-name", options_.master_name});
    return static_cast<std::uint16_t>(std::stoul(answer.substr(answer.find('\n') + 1)));
}

RedisServer& SentinelGroup::master() {
    for (const auto& sentinel : sentinels_) {
        if (!sentinel->running()) continue;
        const auto port = master_port(*sentinel);
        for (const auto& server : servers_) {
            if (server->port() == port) return *server;
        }
    }
    throw std::runtime_error("no sentinel names a server of the group");
}

RedisServer& SentinelGroup::kill_master() {
    RedisServer& old = master();
    old.kill();
    await_other_than(old);
    return old;
}

void SentinelGroup::fail_over() {
    const RedisServer& old = master();
    require_within("began a failover", [this] {
        return sentinels_.front()->cli({"SENTINEL", "FAILOVER", options_.master_name}) == "OK";
    });
    await_other_than(old);
}

void SentinelGroup::await_other_than(const RedisServer& old) {
    require_within("ended a failover",
                   [&] { return all_name_another(old) && is_master(master()); });
}

bool SentinelGroup::all_name_another(const RedisServer& old) const {
    return std::all_of(sentinels_.begin(), sentinels_.end(), [&](const auto& sentinel) {
        return !sentinel->running() || master_port(*sentinel) != old.port();
    });
}

bool SentinelGroup::knows_all(const RedisServer& sentinel) const {
    const auto facts = sentinel.cli({"SENTINEL", "MASTER", options_.master_name});
    return value_of(facts, "num-slaves") == std::to_string(options_.replicas) &&
           value_of(facts, "num-other-sentinels") == std::to_string(options_.sentinels - 1) &&
           sentinel.cli({"SENTINEL", "CKQUORUM", options_.master_name}).rfind("OK", 0) == 0;
}

void SentinelGroup::settle() {
    require_within("settled", [this] {
        const RedisServer& now = master();
        const std::string port = "master_port:" + std::to_string(now.port()) + "\r";
        return std::all_of(servers_.begin(), servers_.end(), [&](const auto& server) {
            if (server.get() == &now || !server->running()) return true;
            const auto facts = server->cli({"INFO", "replication"});
            return contains(facts, port) && contains(facts, "master_link_status:up");
        });
    });
}

void SentinelGroup::stop_sentinels() {
    for (const auto& sentinel : sentinels_)
        sentinel->stop();
}

}  // namespace nexus::test
