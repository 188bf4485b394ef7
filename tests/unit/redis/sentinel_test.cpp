// Sentinel as Connection and Session see it, with sentinels and servers that say what a test wants.
#include "redis/sentinel.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <functional>
#include <nexus/unique_fd.hpp>
#include <string>

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "fake_server.hpp"
#include "redis/connection.hpp"
#include "redis/session.hpp"
#include "support/redis_error.hpp"

using namespace nexus::redis;
using nexus::test::caught;
using namespace std::chrono_literals;

namespace {

using Talk = std::function<void(const FakeClient&, int)>;

constexpr std::string_view sentinel_welcome =
    "+OK\r\n*2\r\n$8\r\nsentinel\r\n*1\r\n$1\r\nm\r\n+PONG\r\n";
constexpr std::string_view replica_welcome =
    "+OK\r\n*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$9\r\nconnected\r\n:0\r\n+PONG\r\n";

Talk greeting_with(std::string_view welcome) {
    return [welcome](const FakeClient& client, int) {
        client.expect("PING");
        client.send(welcome);
        client.receive_all();
    };
}

// A sentinel that answers the one question.
Talk answering(const std::string& answer) {
    return [answer](const FakeClient& client, int) {
        client.expect("PING");
        client.send(sentinel_welcome);
        client.expect("get-master-addr-by-name\r\n$1\r\nm\r\n");
        client.send(answer);
    };
}

std::string bulk(const std::string& text) {
    return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

std::string address(const std::string& host, const std::string& port) {
    return "*2\r\n" + bulk(host) + bulk(port);
}

Talk naming(const FakeServer& server) {
    return answering(address("127.0.0.1", std::to_string(server.endpoint().port)));
}

Endpoint by(std::initializer_list<std::uint16_t> ports) {
    Endpoint endpoint;
    endpoint.master_name = "m";
    for (const auto port : ports)
        endpoint.sentinels.push_back({"127.0.0.1", port});
    return endpoint;
}

std::uint16_t port_of(const FakeServer& server) {
    return server.endpoint().port;
}

std::uint16_t dead_port() {
    const FakeServer server([](const FakeClient&, int) {});
    return port_of(server);
}

}  // namespace

TEST_CASE("the first sentinel that answers says where the master is, and comes first afterwards") {
    const FakeServer master(greeting_with(welcome));
    const FakeServer sentinel(naming(master));
    const std::uint16_t dead = dead_port();
    const Connection connection(by({dead, port_of(sentinel), 1}));
    const Endpoint& found = connection.endpoint();
    CHECK(found.port == port_of(master));
    REQUIRE(found.sentinels.size() == 3);
    CHECK(found.sentinels[0].port == port_of(sentinel));
    CHECK(found.sentinels[1].port == 1);
    CHECK(found.sentinels[2].port == dead);
    CHECK(found.describe() == "master m at 127.0.0.1:" + std::to_string(port_of(master)) + "/0");
}

TEST_CASE("an endpoint behind Sentinel describes itself without a credential") {
    Endpoint endpoint = by({26379});
    endpoint.sentinels.push_back({"fd00::1", 26380});
    endpoint.password = "hunter2";
    CHECK(endpoint.describe() == "master m by 127.0.0.1:26379,[fd00::1]:26380");
}

TEST_CASE("a sentinel's answer that is no address is refused by its class, with the mend") {
    struct Row {
        std::string answer;
        ErrorKind kind;
        const char* says;
    };
    const std::string good = "127.0.0.1";
    const char* no_address = "gave no address";
    const Row rows[] = {
        {"*-1\r\n", ErrorKind::refused, "knows no master named m; check REDIS_MASTER"},
        {"$-1\r\n", ErrorKind::refused, "knows no master named m; check REDIS_MASTER"},
        {"-ERR unknown command 'SENTINEL'\r\n", ErrorKind::refused, "REDIS_SENTINELS leads to"},
        {"-NOPERM no rights\r\n", ErrorKind::refused, "ACL"},
        {"*0\r\n", ErrorKind::protocol, no_address},
        {"*1\r\n" + bulk(good), ErrorKind::protocol, no_address},
        {"*3\r\n" + bulk(good) + bulk("1") + bulk("2"), ErrorKind::protocol, no_address},
        {address(good, ""), ErrorKind::protocol, no_address},
        {address(good, "0"), ErrorKind::protocol, no_address},
        {address(good, "65536"), ErrorKind::protocol, no_address},
        {address(good, "-1"), ErrorKind::protocol, no_address},
        {address(good, "6379 "), ErrorKind::protocol, no_address},
        {address(good, "redis"), ErrorKind::protocol, no_address},
        {address("", "6379"), ErrorKind::protocol, no_address},
        {address("a host", "6379"), ErrorKind::protocol, no_address},
        {address("h\nLOG", "6379"), ErrorKind::protocol, no_address},
        {address(std::string(254, 'h'), "6379"), ErrorKind::protocol, no_address},
        {"+OK\r\n", ErrorKind::protocol, "an array was due"},
        {":6379\r\n", ErrorKind::protocol, "an array was due"},
        {"*2\r\n:1\r\n:6379\r\n", ErrorKind::protocol, "text was due"},
        {"*2\r\n$-1\r\n$-1\r\n", ErrorKind::protocol, "text was due"},
        {"HTTP/1.1 400 Bad Request\r\n", ErrorKind::protocol, "cannot be read"},
        {"*2\r\n$9\r\n127.0", ErrorKind::unreachable, "closed the connection"},
        {"", ErrorKind::unreachable, "closed the connection"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.answer);
        const FakeServer sentinel(answering(row.answer));
        const auto error = caught([&] { const Connection connection(by({port_of(sentinel)})); });
        CAPTURE(error.message);
        CHECK(error.kind == row.kind);
        CHECK(error.message.find("Redis master m by 127.0.0.1:") == 0);
        CHECK(error.says(row.says));
    }
}

TEST_CASE("a server that was named for a sentinel, and the other way round, is refused") {
    for (const auto role : {welcome, replica_welcome}) {
        const FakeServer server(greeting_with(role));
        const auto error = caught([&] { const Connection connection(by({port_of(server)})); });
        CHECK(error.kind == ErrorKind::refused);
        CHECK(error.says("is no Sentinel; name the sentinels' own ports"));
    }
    const FakeServer sentinel(greeting_with(sentinel_welcome));
    const auto error = caught([&] { const Connection connection(sentinel.endpoint()); });
    CHECK(error.kind == ErrorKind::refused);
    CHECK(error.says("is a Sentinel; name it in REDIS_SENTINELS"));
}

TEST_CASE("a sentinel that stands still or is wrong costs its share, and the next is asked") {
    const FakeServer master(greeting_with(welcome));
    const FakeServer knows(naming(master));
    const FakeServer stands_still([](const FakeClient& client, int) { client.receive_all(); });
    const FakeServer knows_nothing(answering("*-1\r\n"));
    Endpoint endpoint = by({port_of(stands_still), port_of(knows_nothing), port_of(knows)});
    endpoint.connect_timeout = 2s;
    const Connection connection(endpoint);
    CHECK(connection.endpoint().port == port_of(master));
    CHECK(connection.endpoint().sentinels.front().port == port_of(knows));
}

TEST_CASE("where no sentinel knows, what one has against us is said before that others are away") {
    const FakeServer knows_nothing(answering("*-1\r\n"));
    const auto refused = caught([&] {
        const Connection connection(by({dead_port(), port_of(knows_nothing), 1}));
    });
    CHECK(refused.kind == ErrorKind::refused);
    CHECK(refused.says("check REDIS_MASTER"));
    const auto away = caught([&] { const Connection connection(by({dead_port(), dead_port()})); });
    CHECK(away.kind == ErrorKind::unreachable);
    CHECK(away.says("check that it runs and that REDIS_SENTINELS leads there"));
}

TEST_CASE("a sentinel gets no login unless it asks for one, and then that of the server") {
    std::string first;
    {
        const FakeServer master([](const FakeClient& client, int) {
            client.send("+OK\r\n+OK\r\n");
            client.send(welcome);
            client.receive_all();
        });
        const FakeServer sentinel([&](const FakeClient& client, int number) {
            if (number == 0) {
                client.send("-NOAUTH Authentication required.\r\n");
                first = client.receive_all();
                return;
            }
            client.expect("AUTH\r\n$3\r\nbob\r\n$7\r\nhunter2\r\n*3\r\n$6\r\nCLIENT\r\n");
            client.send("+OK\r\n");
            naming(master)(client, number);
        });
        Endpoint endpoint = by({port_of(sentinel)});
        endpoint.user = "bob";
        endpoint.password = "hunter2";
        endpoint.database = 3;
        CHECK_NOTHROW(Connection connection(endpoint));
    }
    CHECK(first.find("CLIENT") != std::string::npos);
    CHECK(first.find("AUTH") == std::string::npos);
}

TEST_CASE("a sentinel that refuses the server's login is named, without the password") {
    const FakeServer locked([](const FakeClient& client, int number) {
        client.send(number == 0 ? "-NOAUTH Authentication required.\r\n"
                                : "-WRONGPASS hunter2 is wrong\r\n");
        client.receive_all();
    });
    Endpoint endpoint = by({port_of(locked)});
    endpoint.password = "hunter2";
    const auto error = caught([&] { const Connection connection(endpoint); });
    CHECK(error.kind == ErrorKind::refused);
    CHECK(error.says("check user and password in REDIS_URL"));
    CHECK(!error.says("hunter2"));
}

TEST_CASE("a replica that a stale sentinel names hears the greeting and nothing else") {
    std::string after_greeting = "the replica was not asked";
    {
        const FakeServer replica([&](const FakeClient& client, int) {
            // Answered too early, the greeting can be lost where the client hangs up.
            client.expect("ROLE");
            client.expect("PING\r\n");
            client.send(replica_welcome);
            after_greeting = client.receive_all();
        });
        const FakeServer sentinel(naming(replica));
        const auto error = caught([&] { const Connection connection(by({port_of(sentinel)})); });
        CHECK(error.kind == ErrorKind::moved);
        CHECK(error.says("is not the master, though a sentinel named it"));
    }
    CHECK(after_greeting.empty());
}

TEST_CASE("behind Sentinel a server that may not be asked for its role is refused") {
    const FakeServer server([](const FakeClient& client, int) {
        client.send("+OK\r\n-NOPERM no rights for 'role'\r\n+PONG\r\n");
        client.receive_all();
    });
    const FakeServer sentinel(naming(server));
    const auto error = caught([&] { const Connection connection(by({port_of(sentinel)})); });
    CHECK(error.kind == ErrorKind::refused);
    CHECK(error.says("give the user this right"));
}

TEST_CASE("a session asks another sentinel where the one before named a replica") {
    const FakeServer replica(greeting_with(replica_welcome));
    const FakeServer master([](const FakeClient& client, int) {
        client.send(welcome);
        for (int number = 0; number < 2; ++number) {
            client.expect("ASK");
            client.send(":7\r\n");
        }
        client.receive_all();
    });
    const FakeServer stale(naming(replica));
    const FakeServer knows(naming(master));
    const nexus::UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    const nexus::Redactor redactor;
    nexus::Log log(nowhere.get(), nexus::LogLevel::debug, nexus::LogFormat::text, redactor);
    Session session(by({port_of(stale), port_of(knows)}), "test", log);
    for (int number = 0; number < 2; ++number) {
        const auto answer = session.with(
            [](Connection& connection) { return connection.call(Command("ASK")).integer(); });
        CHECK(answer == 7);
    }
}

TEST_CASE("a stop ends the wait for a sentinel at once") {
    nexus::CancelSource stop;
    const FakeServer sentinel([&](const FakeClient& client, int) {
        client.expect("PING");
        stop.cancel();
        client.receive_all();
    });
    Endpoint endpoint = by({port_of(sentinel), port_of(sentinel)});
    endpoint.connect_timeout = 60s;
    CHECK(caught([&] { const Connection connection(endpoint, stop.fd()); }).kind ==
          ErrorKind::cancelled);
}
