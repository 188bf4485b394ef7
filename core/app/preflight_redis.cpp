#include <map>
#include <optional>

#include "app/own_container.hpp"
#include "app/preflight.hpp"
#include "app/redis_endpoint.hpp"
#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::app {
namespace {

// One parameter of the server; nothing where this user may not ask.
std::optional<std::string> parameter(redis::Connection& connection, const std::string& name) {
    try {
        const auto reply = connection.call(redis::Command("CONFIG", "GET", name));
        if (reply.array().size() == 2) return reply.array()[1].text();
    } catch (const redis::Error& error) {
        if (!connection.is_open()) throw;
    }
    return std::nullopt;
}

void check_persistence(redis::Connection& connection, std::vector<Finding>& findings) {
    const auto save = parameter(connection, "save");
    const auto append_only = parameter(connection, "appendonly");
    if (!save || !append_only) {
        findings.push_back(Finding::warning(
            "redis",
            "this user may not run CONFIG GET, so persistence and eviction were "
            "not checked; look at save, appendonly and maxmemory-policy yourself"));
    } else if (save->empty() && *append_only != "yes") {
        findings.push_back(Finding::warning(
            "redis",
            "Redis keeps nothing over a restart, jobs that wait would be lost; set "
            "appendonly yes in redis.conf"));
    }
}

void check_eviction(redis::Connection& connection, std::vector<Finding>& findings) {
    const auto policy = parameter(connection, "maxmemory-policy");
    const auto limit = parameter(connection, "maxmemory");
    if (!policy || !limit || *policy == "noeviction") return;
    const std::string message =
        "maxmemory-policy is " + *policy +
        ", so Redis may throw away jobs when its memory is full; set it to noeviction";
    if (*limit == "0") {
        findings.push_back(Finding::warning("redis", message));
    } else {
        findings.push_back(Finding::problem("redis", message, exit_config));
    }
}

// A master that was cut off, or replaced by hand, goes on for a while: what it takes then is thrown
// away when it becomes a replica.
void check_replicas(const config::Settings& settings, redis::Connection& connection,
                    std::vector<Finding>& findings) {
    if (settings.redis_sentinels.empty()) return;
    const auto least = parameter(connection, "min-replicas-to-write");
    if (!least || *least != "0") return;
    findings.push_back(Finding::warning(
        "redis",
        "min-replicas-to-write is 0, so a master that Sentinel has replaced still takes results, "
        "which are lost, and their jobs run again; set it to 1 or more"));
}

// A question that every node of a cluster may be asked, and one that only the right one answers.
void check_cluster(const config::Settings& settings, redis::Connection& connection,
                   std::vector<Finding>& findings) {
    try {
        const auto facts = connection.call(redis::Command("INFO", "cluster")).text();
        if (facts.find("cluster_enabled:1") == std::string::npos) return;
    } catch (const redis::Error& error) {
        if (!connection.is_open()) throw;
        return;  // this user may not ask
    }
    if (settings.queue_prefix.front() != '{') {
        findings.push_back(Finding::problem(
            "redis",
            "this Redis is a cluster, where all keys must be in one slot; set QUEUE_PREFIX={" +
                settings.queue_prefix + "}",
            exit_config));
        return;
    }
    const queue::Keys keys(settings.queue_prefix, settings.node_name);
    connection.call(redis::Command("EXISTS", keys.intake, keys.lease));
    findings.push_back(Finding::good(
        "redis",
        "this node of the cluster serves the slot of QUEUE_PREFIX " + settings.queue_prefix));
}

ExitCode exit_code_of(const redis::Error& error) {
    return error.kind() == redis::ErrorKind::refused ? exit_config : exit_unreachable;
}

std::string answers_at(const redis::Endpoint& endpoint) {
    std::string text = "Redis answers at " + endpoint.describe();
    if (!endpoint.sentinels.empty())
        text += ", as its sentinels say; the host in REDIS_URL is not used";
    return text;
}

std::string told(const redis::Error& error, const config::RedisUrl& url) {
    std::string text = error.what();
    if (error.kind() != redis::ErrorKind::refused && config::is_loopback_host(url.host) &&
        own_container()) {
        text += ". In a container " + url.host +
                " is the container itself: write the address of the machine that Redis is on";
    }
    return text;
}

}  // namespace

std::vector<Finding> try_redis(const config::Settings& settings) {
    std::vector<Finding> findings;
    try {
        redis::Connection connection(redis_endpoint(settings));
        connection.call(redis::Command("PING"));
        findings.push_back(Finding::good("redis", answers_at(connection.endpoint())));
        check_persistence(connection, findings);
        check_eviction(connection, findings);
        check_replicas(settings, connection, findings);
        check_cluster(settings, connection, findings);
    } catch (const redis::Error& error) {
        findings.push_back(
            Finding::problem("redis", told(error, settings.redis_url), exit_code_of(error)));
    }
    return findings;
}

}  // namespace nexus::app
