#include "redis/error.hpp"

#include <doctest/doctest.h>

#include <string>

#include "redis/endpoint.hpp"

using namespace nexus::redis;

TEST_CASE("an error reply's line tells its class") {
    struct Row {
        const char* line;
        ErrorKind kind;
        const char* code;
    };
    const Row rows[] = {
        {"NOAUTH Authentication required.", ErrorKind::refused, "NOAUTH"},
        {"WRONGPASS invalid username-password pair or user is disabled.", ErrorKind::refused,
         "WRONGPASS"},
        {"ERR invalid password", ErrorKind::refused, "ERR"},
        {"ERR AUTH <password> called without any password configured for the default user. Are you "
         "sure your configuration is correct?",
         ErrorKind::refused, "ERR"},
        {"ERR Client sent AUTH, but no password is set", ErrorKind::refused, "ERR"},
        {"NOPERM this user has no permissions to run the 'get' command", ErrorKind::refused,
         "NOPERM"},
        {"DENIED Redis is running in protected mode", ErrorKind::refused, "DENIED"},
        {"ERR DB index is out of range", ErrorKind::refused, "ERR"},
        {"ERR invalid DB index", ErrorKind::refused, "ERR"},
        {"ERR max number of clients reached", ErrorKind::unreachable, "ERR"},
        {"READONLY You can't write against a read only replica.", ErrorKind::moved, "READONLY"},
        {"MASTERDOWN Link with MASTER is down", ErrorKind::moved, "MASTERDOWN"},
        {"LOADING Redis is loading the dataset in memory", ErrorKind::moved, "LOADING"},
        {"UNBLOCKED force unblock from blocking operation, instance state changed",
         ErrorKind::moved, "UNBLOCKED"},
        {"BUSY Redis is busy running a script.", ErrorKind::moved, "BUSY"},
        {"CLUSTERDOWN The cluster is down", ErrorKind::moved, "CLUSTERDOWN"},
        {"MOVED 3999 127.0.0.1:6381", ErrorKind::moved, "MOVED"},
        {"NOREPLICAS Not enough good replicas to write.", ErrorKind::moved, "NOREPLICAS"},
        {"BUSYGROUP Consumer Group name already exists", ErrorKind::command, "BUSYGROUP"},
        {"NOGROUP No such key 'x' or consumer group 'y'", ErrorKind::command, "NOGROUP"},
        {"NOSCRIPT No matching script. Please use EVAL.", ErrorKind::command, "NOSCRIPT"},
        {"ERR unknown command 'FOO'", ErrorKind::command, "ERR"},
        {"OOM command not allowed when used memory > 'maxmemory'.", ErrorKind::command, "OOM"},
        // The malformed half: nothing of these is taken for a known word.
        {"", ErrorKind::command, ""},
        {" ", ErrorKind::command, ""},
        {"readonly small letters", ErrorKind::command, ""},
        {"READONLYX", ErrorKind::command, "READONLYX"},
        {"MOVED\r\n1", ErrorKind::command, ""},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA far too long", ErrorKind::command, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.line);
        CHECK(classify(row.line) == row.kind);
        CHECK(code_word(row.line) == row.code);
        CHECK(error_from_reply(row.line).code() == row.code);
    }
}

TEST_CASE("an error's message names the place and the mend, and hides the password") {
    const Error error =
        error_from_reply("WRONGPASS hunter2 is wrong, hunter2!", "10.0.0.2:6379/0", "hunter2");
    CHECK(
        std::string(error.what()) ==
        "Redis 10.0.0.2:6379/0 answered \"WRONGPASS *** is wrong, ***!\"; check user and password "
        "in REDIS_URL");
    CHECK(error.kind() == ErrorKind::refused);
}

TEST_CASE("a stranger's error line is cut short and made printable") {
    const std::string text = error_from_reply("ERR \x1b[31m\n" + std::string(10'000, 'x')).what();
    CHECK(text.size() < 400);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("an endpoint describes itself without its credentials") {
    Endpoint tcp{.host = "10.0.0.2", .user = "bob", .password = "hunter2", .database = 3};
    CHECK(tcp.describe() == "10.0.0.2:6379/3");
    CHECK(Endpoint{.host = "::1", .port = 7000}.describe() == "[::1]:7000/0");
    CHECK(Endpoint{.transport = TransportKind::unix_socket, .path = "/run/redis.sock"}.describe() ==
          "unix:/run/redis.sock");
}
