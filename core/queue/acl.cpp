#include "queue/acl.hpp"

#include "queue/keys.hpp"

namespace nexus::queue {
namespace {

// Every user begins from nothing, also one that was there already.
const std::vector<std::string> nothing{"reset", "resetchannels"};

// What a connection says first.
const std::vector<std::string> greeting{"+ping", "+role", "+select", "+client|setname"};

const std::vector<std::string> node_commands{
    "+eval",         "+evalsha",       "+xadd",
    "+xlen",         "+xrange",        "+xrevrange",
    "+xdel",         "+xack",          "+xread",
    "+xreadgroup",   "+xgroup|create", "+xgroup|createconsumer",
    "+xtrim",        "+xgroup|setid",  "+xinfo|consumers",
    "+xinfo|groups", "+hget",          "+hgetall",
    "+hmget",        "+hset",          "+hsetnx",
    "+hdel",         "+hincrby",       "+hvals",
    "+hscan",        "+exists",        "+del",
    "+expire",       "+ttl",           "+time",
    "+rpush",        "+publish"};

const std::vector<std::string> producer_commands{
    "+xadd",    "+xread",     "+xrange",     "+xrevrange",   "+xlen",        "+hget",
    "+hgetall", "+hmget",     "+hset",       "+expire",      "+eval",        "+evalsha",
    "+blpop",   "+subscribe", "+psubscribe", "+unsubscribe", "+punsubscribe"};

void append(std::vector<std::string>& rules, const std::vector<std::string>& more) {
    rules.insert(rules.end(), more.begin(), more.end());
}

}  // namespace

AclUser node_user(const std::string& prefix, const std::string& node) {
    const Keys any(prefix, "*");
    AclUser user{"nexus-runner", "every node", nothing};
    append(user.rules, greeting);
    append(user.rules, node_commands);
    append(user.rules,
           {"&tenant:*:events", "~" + any.intake, "~" + any.placements, "~" + any.dead,
            "~" + any.job("*"), "%W~" + any.results, "%W~" + any.events, "%W~" + any.reply("*")});
    if (node.empty()) {
        append(user.rules, {"~" + any.lease});
        return user;
    }
    // Routing gives jobs and tenants to others, and looks at how much room they have.
    const Keys own(prefix, node);
    user.name += "-" + node;
    user.about = "node " + node;
    append(user.rules,
           {"~" + own.lease, "~" + own.lease + ":*", "(+xadd +xlen %W~" + any.node_jobs + ")",
            "(+hget +hmget +hincrby ~" + any.lease + ")"});
    return user;
}

AclUser producer_user(const std::string& prefix) {
    const Keys keys(prefix, "");
    const Keys any(prefix, "*");
    AclUser user{"nexus-producer", "producers", nothing};
    append(user.rules, greeting);
    append(user.rules, producer_commands);
    append(user.rules,
           {"&tenant:*:events", "%W~" + keys.intake, "%R~" + keys.results, "%R~" + keys.events,
            "~" + keys.job("*"), "~" + keys.reply("*"), "%W~" + any.cancel});
    return user;
}

}  // namespace nexus::queue
