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

void judge_refusal(const Command& asked, const Error& error) {
    const std::string_view name = asked.word(0);
    if (name == "AUTH" || name == "SELECT") {
        if (error.kind() != ErrorKind::command) throw error;
        throw Error(ErrorKind::refused,
                    std::string(error.what()) + "; check user, password and database in REDIS_URL",
                    error.code());
    }
    // An ACL may forbid the others, and an old Redis may not know them.
    if (error.kind() != ErrorKind::command && error.code() != "NOPERM") throw error;
}

bool is_replica(const Command& asked, const Reply& reply) {
    return asked.word(0) == "ROLE" && reply.type() == Reply::Type::array &&
           !reply.array().empty() && reply.array().front().text() == "slave";
}

}  // namespace nexus::redis
