// The users that redis-acl prints, on a real Redis.
#include <doctest/doctest.h>

#include "runner.hpp"

using namespace nexus::test;

TEST_CASE("the users of redis-acl may do their work and nothing else") {
    const GuardedRedis redis({}, {"n1"});
    const Runner n1(redis, {});
    const struct {
        const char* user;
        std::vector<std::string> command;
        bool may;
    } rows[] = {
        {"nexus-producer", {"XADD", "nexus:jobs", "*", "job", "{}"}, true},
        {"nexus-producer", {"BLPOP", "nexus:reply:x", "1"}, true},
        {"nexus-producer", {"HGETALL", "nexus:job:x"}, true},
        {"nexus-producer", {"XREVRANGE", "nexus:events", "+", "-"}, true},
        {"nexus-producer", {"PSUBSCRIBE", "tenant:*:events"}, true},
        {"nexus-producer", {"PSUBSCRIBE", "*"}, false},
        {"nexus-producer", {"XRANGE", "nexus:jobs", "-", "+"}, false},
        {"nexus-producer", {"XADD", "nexus:results", "*", "result", "{}"}, false},
        {"nexus-producer", {"XADD", "nexus:node:n1:jobs", "*", "job", "{}"}, false},
        {"nexus-producer", {"XRANGE", "nexus:dead", "-", "+"}, false},
        {"nexus-producer", {"DEL", "nexus:job:x"}, false},
        {"nexus-producer", {"HSET", "nexus:tenants", "acme", "n1"}, false},
        {"nexus-runner", {"XADD", "nexus:node:n2:jobs", "*", "job", "{}"}, true},
        {"nexus-runner", {"PUBLISH", "tenant:acme:events", "{}"}, true},
        {"nexus-runner", {"PUBLISH", "others", "{}"}, false},
        {"nexus-runner", {"XRANGE", "nexus:results", "-", "+"}, false},
        {"nexus-runner", {"CONFIG", "GET", "requirepass"}, false},
        {"nexus-runner", {"KEYS", "*"}, false},
        {"nexus-runner", {"FLUSHALL"}, false},
        {"nexus-runner", {"ACL", "LIST"}, false},
        {"nexus-runner", {"XADD", "others:jobs", "*", "job", "{}"}, false},
        {"nexus-runner-n1",
         {"XREADGROUP", "GROUP", "runner", "n1", "STREAMS", "nexus:node:n1:jobs", ">"},
         true},
        {"nexus-runner-n1", {"XADD", "nexus:node:n2:jobs", "*", "job", "{}"}, true},
        {"nexus-runner-n1", {"XRANGE", "nexus:node:n2:jobs", "-", "+"}, false},
        {"nexus-runner-n1", {"XDEL", "nexus:node:n2:jobs", "1-1"}, false},
        {"nexus-runner-n1", {"HSET", "nexus:node:n2", "epoch", "1"}, false},
        {"nexus-runner-n1", {"DEL", "nexus:node:n2"}, false},
    };
    for (const auto& row : rows) {
        std::vector<std::string> dry_run{"ACL", "DRYRUN", row.user};
        dry_run.insert(dry_run.end(), row.command.begin(), row.command.end());
        CAPTURE(row.user);
        CAPTURE(row.command[0]);
        CAPTURE(row.command.back());
        CHECK((redis.cli(dry_run) == "OK") == row.may);
    }
    const auto printed = n1.cli({"redis-acl"});
    CHECK(printed.code == 0);
    // As it is printed it makes nobody.
    std::vector<std::string> words{"ACL",   "SETUSER", "nobody",
                                   "reset", "on",      "REPLACE_WITH_>PASSWORD"};
    CHECK(contains(printed.out, words.back()));
    CHECK(contains(redis.cli(words), "ERR"));
    CHECK_FALSE(contains(redis.cli({"ACL", "USERS"}), "nobody"));
    const auto first = n1.cli({"redis-acl", "--passwords"}).out;
    CHECK_FALSE(contains(first, "REPLACE_WITH"));
    CHECK(first != n1.cli({"redis-acl", "--passwords"}).out);
    CHECK(n1.cli({"redis-acl", "--node", "N 1"}).code == 64);
}
