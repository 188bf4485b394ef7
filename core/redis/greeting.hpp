// What a new connection says first, and what the answers mean. Threads: any.
#pragma once

#include <vector>

#include "redis/command.hpp"
#include "redis/endpoint.hpp"
#include "redis/error.hpp"
#include "redis/reply.hpp"

namespace nexus::redis {

// Login and database, then a courtesy and two questions: the name of this client, the role of the
// server, and whether it serves yet.
std::vector<Command> greeting(const Endpoint& endpoint);

// Throws `error`, the answer to one of these commands, unless the connection is good without it.
void judge_refusal(const Command& asked, const Error& error);

// The answer to ROLE says that writes belong elsewhere.
bool is_replica(const Command& asked, const Reply& reply);

}  // namespace nexus::redis
