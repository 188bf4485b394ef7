#include "queue/acl.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "queue/scripts.hpp"

using namespace nexus::queue;

namespace {

bool has(const AclUser& user, const std::string& rule) {
    return std::find(user.rules.begin(), user.rules.end(), rule) != user.rules.end();
}

// The commands that a script names as constants, in small letters.
std::vector<std::string> commands_of(const std::string& script) {
    std::vector<std::string> commands;
    for (const std::string call : {"redis.call('", "redis.pcall('"}) {
        for (auto from = script.find(call); from != std::string::npos;
             from = script.find(call, from + 1)) {
            const auto begin = from + call.size();
            auto name = script.substr(begin, script.find('\'', begin) - begin);
            std::transform(name.begin(), name.end(), name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
            commands.push_back(name);
        }
    }
    return commands;
}

}  // namespace

TEST_CASE("a node may run every command that the scripts name") {
    const auto user = node_user("nexus", "");
    for (const auto* script :
         {&pull_script(), &finish_script(), &lease_script(), &register_script(), &claim_script(),
          &drain_script(), &dead_list_script(), &requeue_script()}) {
        const auto commands = commands_of(script->source());
        CHECK_FALSE(commands.empty());
        for (const auto& command : commands) {
            CAPTURE(command);
            const bool granted =
                std::any_of(user.rules.begin(), user.rules.end(), [&](const std::string& rule) {
                    return rule == "+" + command || rule.starts_with("+" + command + "|");
                });
            CHECK(granted);
        }
    }
}

TEST_CASE("users begin from nothing and have the keys of their prefix alone") {
    for (const auto& user :
         {node_user("{shop}", ""), node_user("{shop}", "n1"), producer_user("{shop}")}) {
        CHECK(user.rules.front() == "reset");
        CHECK(has(user, "&tenant:*:events"));
        for (const auto& rule : user.rules) {
            CAPTURE(rule);
            if (rule.find('~') != std::string::npos)
                CHECK(rule.find("~{shop}:") != std::string::npos);
            CHECK(rule.find("+@") == std::string::npos);
        }
    }
    CHECK(node_user("nexus", "").name == "nexus-runner");
    CHECK(node_user("nexus", "n1").name == "nexus-runner-n1");
    CHECK(producer_user("nexus").name == "nexus-producer");
    CHECK(has(node_user("nexus", ""), "~nexus:node:*"));
    CHECK_FALSE(has(node_user("nexus", "n1"), "~nexus:node:*"));
}
