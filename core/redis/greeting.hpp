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
// Behind Sentinel it is not good without ROLE: a stale sentinel names a server that is master no
// more.
void judge_refusal(const Command& asked, const Error& error, const Endpoint& endpoint);

// Throws where the answer to ROLE says that this is not the kind of server that `endpoint` wants:
// `moved` for a replica, where nothing may be written, `refused` where a Sentinel was named for a
// server or the other way round.
void judge_role(const Command& asked, const Reply& reply, const Endpoint& endpoint);

}  // namespace nexus::redis
