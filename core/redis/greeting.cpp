#include "redis/greeting.hpp"

#include <string>

namespace nexus::redis {

std::vector<Command> greeting(const Endpoint& endpoint) {
    std::vector<Command> commands;
    if (!endpoint.user.empty()) {
        commands.emplace_back("AUTH", endpoint.user, endpoint.password);
    } else if (!endpoint.password.empty()) {
        commands.emplace_back("AUTH", endpoint.password);
    }
    if (endpoint.database != 0) commands.emplace_back("SELECT", endpoint.database);
    commands.emplace_back("CLIENT", "SETNAME", "nexus-runner");
    commands.emplace_back("ROLE");
    commands.emplace_back("PING");  // a Redis that is still loading answers all of the others
    return commands;
}

void judge_refusal(const Command& asked, const Error& error, const Endpoint& endpoint) {
    const std::string_view name = asked.word(0);
    if (name == "AUTH" || name == "SELECT") {
        if (error.kind() != ErrorKind::command) throw error;
        throw Error(ErrorKind::refused,
                    std::string(error.what()) + "; check user, password and database in REDIS_URL",
                    error.code());
    }
    if (name == "ROLE" && !endpoint.sentinels.empty()) throw error;
    // An ACL may forbid the others, and an old Redis may not know them.
    if (error.kind() != ErrorKind::command && error.code() != "NOPERM") throw error;
}

void judge_role(const Command& asked, const Reply& reply, const Endpoint& endpoint) {
    if (asked.word(0) != "ROLE") return;
    const bool readable = reply.type() == Reply::Type::array && !reply.array().empty();
    const std::string role = readable ? reply.array().front().text() : std::string();
    const std::string peer = "Redis " + endpoint.describe();
    if (endpoint.is_sentinel) {
        if (role == "sentinel") return;
        throw Error(
            ErrorKind::refused,
            peer +
                " is no Sentinel; name the sentinels' own ports, often 26379, in REDIS_SENTINELS");
    }
    if (role == "sentinel")
        throw Error(ErrorKind::refused, peer +
                                            " is a Sentinel; name it in REDIS_SENTINELS, and its "
                                            "master in REDIS_MASTER");
    if (!endpoint.sentinels.empty() && role != "master")
        throw Error(ErrorKind::moved, peer +
                                          " is not the master, though a sentinel named it; this "
                                          "passes when its failover is over");
    if (role == "slave")
        throw Error(ErrorKind::moved, peer + " is a replica; REDIS_URL must lead to the primary");
}

}  // namespace nexus::redis
