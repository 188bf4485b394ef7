#include "redis/connection.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <thread>

#include "base/cancel.hpp"
#include "fake_server.hpp"
#include "support/redis_error.hpp"

using namespace nexus::redis;
using nexus::test::caught;
using namespace std::chrono_literals;

TEST_CASE("a connection logs in, selects and names itself before anything else") {
    std::string seen;
    {
        FakeServer server([&](const FakeClient& client, int) {
            client.send("+OK\r\n+OK\r\n");
            client.send(welcome);
            seen = client.receive_all();
        });
        Endpoint endpoint = server.endpoint();
        endpoint.user = "bob";
        endpoint.password = "hunter2";
        endpoint.database = 3;
        Connection connection(endpoint);
        CHECK(connection.is_open());
    }
    CHECK(seen ==
          "*3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$7\r\nhunter2\r\n"
          "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
          "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$12\r\nnexus-runner\r\n"
          "*1\r\n$4\r\nROLE\r\n*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("what a server says at the start decides the class") {
    struct Row {
        std::string greeting;
        ErrorKind kind;
        const char* says;
    };
    const Row rows[] = {
        {"-NOAUTH Authentication required.\r\n", ErrorKind::refused, "put user and password"},
        {"-WRONGPASS hunter2 is wrong\r\n", ErrorKind::refused, "*** is wrong"},
        {"-ERR something about AUTH\r\n", ErrorKind::refused, "REDIS_URL"},
        {"-DENIED Redis is running in protected mode\r\n", ErrorKind::refused, "protected mode"},
        {"-ERR max number of clients reached\r\n", ErrorKind::unreachable, "maxclients"},
        {"+OK\r\n+OK\r\n*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:1\r\n$9\r\nconnected\r\n:0\r\n+PONG\r\n",
         ErrorKind::moved, "is a replica"},
        {"+OK\r\n+OK\r\n*1\r\n$6\r\nmaster\r\n-LOADING Redis is loading\r\n", ErrorKind::moved,
         "LOADING"},
        {"SSH-2.0-OpenSSH_9.2\r\n", ErrorKind::protocol, "cannot be read"},
        {"+OK\r\n+OK\r\n*1\r\n:1\r\n+PONG\r\n", ErrorKind::protocol, "a number where text"},
        {"", ErrorKind::unreachable, "closed the connection"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.greeting);
        FakeServer server([&](const FakeClient& client, int) {
            client.expect("PING");
            client.send(row.greeting);
        });
        Endpoint endpoint = server.endpoint();
        endpoint.password = "hunter2";
        const auto error = caught([&] { Connection connection(endpoint); });
        CHECK(error.kind == row.kind);
        CHECK(error.message.find(row.says) != std::string::npos);
        CHECK(error.message.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("a user without the rights for the courtesies still gets in") {
    FakeServer server([](const FakeClient& client, int) {
        client.send("-NOPERM no\r\n-NOPERM no\r\n-NOPERM no\r\n");
        client.receive_all();
    });
    CHECK_NOTHROW(Connection connection(server.endpoint()));
}

TEST_CASE("a port nobody listens on is unreachable, and the message says where and what to check") {
    std::uint16_t port = 0;
    {
        FakeServer server([](const FakeClient&, int) {});
        port = server.endpoint().port;
    }
    const auto error =
        caught([&] { Connection connection(Endpoint{.host = "127.0.0.1", .port = port}); });
    CHECK(error.kind == ErrorKind::unreachable);
    CHECK(error.message == "Redis 127.0.0.1:" + std::to_string(port) +
                               "/0 cannot be reached: Connection refused; check that it runs and "
                               "that REDIS_URL leads there");
}

TEST_CASE("a host name and a socket that do not exist are unreachable") {
    const auto name = caught(
        [] { Connection connection(Endpoint{.host = "no such host", .password = "hunter2"}); });
    CHECK(name.kind == ErrorKind::unreachable);
    CHECK(name.message.find("the name is not known") != std::string::npos);
    for (const std::string& path : {std::string("/no/such.sock"), std::string(200, 'x')}) {
        const auto socket = caught([&] {
            Connection connection(Endpoint{.transport = TransportKind::unix_socket, .path = path});
        });
        CHECK(socket.kind == ErrorKind::unreachable);
    }
}

TEST_CASE("a host name is looked up and each of its addresses is tried") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.receive_all();
    });
    Endpoint endpoint = server.endpoint();
    endpoint.host = "localhost";  // often [::1] first, where nobody listens
    CHECK_NOTHROW(Connection connection(endpoint));
}

TEST_CASE("an answer that is no good closes the connection") {
    struct Row {
        std::string bytes;
        bool hang_up;
        ErrorKind kind;
    };
    const Row rows[] = {
        {"garbage\r\n", false, ErrorKind::protocol},
        {"*2000000\r\n", false, ErrorKind::protocol},
        {"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", false,
         ErrorKind::protocol},
        {"$100\r\ntoo short", true, ErrorKind::unreachable},
        {"*2\r\n:1\r\n", true, ErrorKind::unreachable},
        {"", true, ErrorKind::unreachable},
        {"", false, ErrorKind::timeout},
        {"$100\r\ntoo short", false, ErrorKind::timeout},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes);
        FakeServer server([&](const FakeClient& client, int) {
            client.send(welcome);
            client.expect("GET");
            client.send(row.bytes);
            if (!row.hang_up) client.receive_all();
        });
        Connection connection(server.endpoint());
        const auto error =
            caught([&] { connection.call(Command("GET", "x"), {.timeout = 200ms}); });
        CHECK(error.kind == row.kind);
        CHECK(error.message.find(row.kind == ErrorKind::protocol ? "Redis" : "Redis 127.0.0.1:") !=
              std::string::npos);
        CHECK(!connection.is_open());
        CHECK(caught([&] { connection.call(Command("GET", "x")); }).kind == ErrorKind::unreachable);
    }
}

TEST_CASE("a slow answer that comes in single bytes is read whole") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.expect("GET");
        for (const char byte : std::string("*2\r\n$5\r\nhello\r\n:7\r\n")) {
            client.send({&byte, 1});
            std::this_thread::yield();
        }
        client.receive_all();
    });
    Connection connection(server.endpoint());
    const Reply reply = connection.call(Command("GET", "x"));
    CHECK(reply.array().at(0).text() == "hello");
    CHECK(reply.array().at(1).integer() == 7);
}

TEST_CASE("an error reply is thrown by call and a value in a pipeline, and the connection stays") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.expect("ONE");
        client.send("-NOGROUP no such group\r\n");
        client.expect("FOUR");
        client.send(":2\r\n-READONLY no\r\n$-1\r\n");
        client.receive_all();
    });
    Connection connection(server.endpoint());
    CHECK(caught([&] { connection.call(Command("ONE")); }).kind == ErrorKind::command);
    const std::array commands{Command("TWO"), Command("THREE"), Command("FOUR")};
    const auto replies = connection.pipeline(commands);
    REQUIRE(replies.size() == 3);
    CHECK(replies[0].integer() == 2);
    CHECK(replies[1].is_error());
    CHECK(connection.to_error(replies[1]).kind() == ErrorKind::moved);
    CHECK(replies[2].is_nil());
    CHECK(connection.is_open());
    CHECK(connection.pipeline({}).empty());
}

TEST_CASE("an answer that nobody asked for is not taken for the next one's") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.expect("ONE");
        client.send("+first\r\n+stray\r\n");
        client.receive_all();
    });
    Connection connection(server.endpoint());
    CHECK(connection.call(Command("ONE")).text() == "first");
    CHECK(caught([&] { connection.call(Command("TWO")); }).kind == ErrorKind::protocol);
}

TEST_CASE("a stop or a wake ends a wait at once and closes the connection") {
    for (const bool for_good : {true, false}) {
        CAPTURE(for_good);
        nexus::CancelSource cancel;
        FakeServer server([&](const FakeClient& client, int) {
            client.send(welcome);
            client.expect("XREAD");
            cancel.cancel();
            client.receive_all();
        });
        Connection connection(server.endpoint(), for_good ? cancel.fd() : -1);
        const Patience patience{.timeout = 60s, .wake_fd = for_good ? -1 : cancel.fd()};
        const auto begun = std::chrono::steady_clock::now();
        const auto error = caught([&] { connection.call(Command("XREAD"), patience); });
        CHECK(error.kind == ErrorKind::cancelled);
        CHECK(std::chrono::steady_clock::now() - begun < 30s);
        CHECK(!connection.is_open());
    }
}

TEST_CASE("with a stop already there nothing is sent, and the connection stays usable") {
    std::string seen;
    {
        FakeServer server([&](const FakeClient& client, int) {
            client.send(welcome);
            client.expect("PING");
            seen = client.receive_all();
        });
        nexus::CancelSource cancel;
        cancel.cancel();
        Connection connection(server.endpoint());
        CHECK(caught([&] {
                  connection.call(Command("DEL", "x"), {.wake_fd = cancel.fd()});
              }).kind == ErrorKind::cancelled);
        CHECK(connection.is_open());
        CHECK(caught([&] { Connection other(server.endpoint(), cancel.fd()); }).kind ==
              ErrorKind::cancelled);
    }
    CHECK(seen.empty());
}

TEST_CASE("a server that accepts and never says anything is given up at the connect deadline") {
    FakeServer server([](const FakeClient& client, int) { client.receive_all(); });
    Endpoint endpoint = server.endpoint();
    endpoint.connect_timeout = 200ms;
    const auto error = caught([&] { Connection connection(endpoint); });
    CHECK(error.kind == ErrorKind::timeout);
    CHECK(error.message.find("did not answer in time") != std::string::npos);
}

TEST_CASE("a server that answers a TLS handshake with plain words is a protocol error") {
    FakeServer server([](const FakeClient& client, int) {
        (void)client.receive();
        client.send("-ERR unknown command\r\n");
        client.receive_all();
    });
    Endpoint endpoint = server.endpoint();
    endpoint.transport = TransportKind::tls;
    const auto error = caught([&] { Connection connection(endpoint); });
    CHECK(error.kind == ErrorKind::protocol);
    CHECK(error.message.find("write redis:// instead of rediss://") != std::string::npos);
}

TEST_CASE("a server that does not read is given up at the deadline") {
    nexus::CancelSource done;
    FakeServer server([&](const FakeClient& client, int) {
        client.send(welcome);
        const FakeClient waiter(done.fd(), -1);  // reads nothing of the client
        (void)waiter.receive();
    });
    Connection connection(server.endpoint());
    const Command huge("SET", "x", std::string(64U << 20U, 'x'));
    const auto error = caught([&] { connection.call(huge, {.timeout = 300ms}); });
    done.cancel();
    CHECK(error.kind == ErrorKind::timeout);
}
