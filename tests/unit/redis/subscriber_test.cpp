#include "redis/subscriber.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "fake_server.hpp"
#include "redis/script.hpp"

using namespace nexus::redis;
using namespace std::chrono_literals;

namespace {

const std::string confirmed = "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n";
const std::string confirmed_pattern = "*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:2\r\n";
const std::string message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n";
const std::string pattern_message = "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nb\r\n$3\r\nyou\r\n";

}  // namespace

TEST_CASE("messages that come before the last confirmation are not lost") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.expect("PSUBSCRIBE");
        client.send(confirmed + message + confirmed_pattern + pattern_message);
        client.receive_all();
    });
    Connection connection(server.endpoint());
    Subscriber subscriber(connection, {.channels = {"a"}, .patterns = {"*"}});
    const auto first = subscriber.next({.timeout = 5s});
    REQUIRE(first);
    CHECK(first->channel == "a");
    CHECK(first->pattern.empty());
    CHECK(first->payload == "hi");
    const auto second = subscriber.next({.timeout = 5s});
    REQUIRE(second);
    CHECK(second->channel == "b");
    CHECK(second->pattern == "*");
    CHECK(second->payload == "you");
    CHECK(!subscriber.next({.timeout = 10ms}));
    CHECK(connection.is_open());
}

TEST_CASE("what is no message of a channel is a protocol error, and an error reply is itself") {
    struct Row {
        std::string bytes;
        ErrorKind kind;
    };
    const Row rows[] = {
        {"+OK\r\n", ErrorKind::protocol},
        {"*0\r\n", ErrorKind::protocol},
        {"*1\r\n:1\r\n", ErrorKind::protocol},
        {"*2\r\n$7\r\nmessage\r\n$1\r\na\r\n", ErrorKind::protocol},
        {"*3\r\n$7\r\nmessage\r\n$1\r\na\r\n:1\r\n", ErrorKind::protocol},
        {"*3\r\n$8\r\npmessage\r\n$1\r\na\r\n$1\r\nb\r\n", ErrorKind::protocol},
        {"-NOPERM no rights for this channel\r\n", ErrorKind::refused},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes);
        FakeServer server([&](const FakeClient& client, int) {
            client.send(welcome);
            client.expect("SUBSCRIBE");
            client.send(confirmed + row.bytes);
            client.receive_all();
        });
        Connection connection(server.endpoint());
        Subscriber subscriber(connection, {.channels = {"a"}});
        try {
            subscriber.next({.timeout = 5s});
            FAIL_CHECK("it was taken");
        } catch (const Error& error) {
            CHECK(error.kind() == row.kind);
        }
    }
}

TEST_CASE("a subscriber without a channel is a mistake of the caller's") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.receive_all();
    });
    Connection connection(server.endpoint());
    CHECK_THROWS_AS(Subscriber(connection, {}), std::invalid_argument);
}

TEST_CASE("a script goes by its hash, and by its text where the hash is not known") {
    const Script script("return 1");
    CHECK(script.sha1() == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    std::string seen;
    {
        FakeServer server([&](const FakeClient& client, int) {
            client.send(welcome);
            client.expect("PING");
            client.expect("last");
            client.send("-NOSCRIPT No matching script.\r\n");
            seen = client.receive();
            client.send(":1\r\n");
            client.receive_all();
        });
        Connection connection(server.endpoint());
        CHECK(script.run(connection, {"key"}, {"first", "last"}).integer() == 1);
    }
    CHECK(seen ==
          "*6\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$3\r\nkey\r\n$5\r\nfirst\r\n"
          "$4\r\nlast\r\n");
}
