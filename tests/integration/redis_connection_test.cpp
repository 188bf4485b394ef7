// core/redis against a real redis-server, without TLS.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <array>
#include <atomic>
#include <csignal>
#include <nexus/unique_fd.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "integration/redis_fixture.hpp"
#include "redis/connection.hpp"
#include "redis/script.hpp"
#include "redis/session.hpp"
#include "redis/subscriber.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

using namespace nexus::redis;
using nexus::test::caught;
using nexus::test::endpoint_of;
using nexus::test::read_file;
using nexus::test::RedisOptions;
using nexus::test::RedisServer;
using nexus::test::TempDir;
using nexus::test::wait_for_blocked_reader;
using nexus::test::wait_until;
using nexus::test::write_file;
using namespace std::chrono_literals;

TEST_CASE("commands go over TCP and over a unix socket, with any bytes in them") {
    for (const bool unix_socket : {false, true}) {
        CAPTURE(unix_socket);
        const RedisOptions options{.unix_socket = unix_socket};
        const RedisServer server(options);
        Connection connection(endpoint_of(server, options));
        const std::string value("a\0b\r\n\xff", 6);
        CHECK(connection.call(Command("SET", "key", value)).text() == "OK");
        CHECK(connection.call(Command("GET", "key")).text() == value);
        CHECK(connection.call(Command("GET", "nothing")).is_nil());
        CHECK(connection.call(Command("CLIENT", "GETNAME")).text() == "nexus-runner");
        const std::string big(10U << 20U, 'x');
        connection.call(Command("SET", "big", big));
        CHECK(connection.call(Command("GET", "big")).text() == big);
    }
}

TEST_CASE("a pipeline of ten thousand commands answers each in order") {
    const RedisServer server;
    Connection connection(endpoint_of(server));
    std::vector<Command> commands;
    for (int number = 0; number < 10'000; ++number)
        commands.emplace_back(number % 1000 == 999 ? "HGET" : "INCR", "counter");
    const auto replies = connection.pipeline(commands);
    REQUIRE(replies.size() == commands.size());
    std::int64_t counted = 0;
    for (std::size_t number = 0; number < replies.size(); ++number) {
        if (commands[number].word(0) == "INCR") {
            REQUIRE(replies[number].integer() == ++counted);
        } else {
            REQUIRE(replies[number].is_error());
        }
    }
    CHECK(connection.call(Command("PING")).text() == "PONG");
}

TEST_CASE("a password, a user of the ACL and a database number are used") {
    const RedisServer server(
        {.password = "secret-of-default",
         .users = {"bob on >secret-of-bob ~* &* +@all", "eve on >secret-of-eve ~x &* +get +set"}});
    Endpoint endpoint = endpoint_of(server);
    endpoint.password = "secret-of-default";
    CHECK(Connection(endpoint).call(Command("ACL", "WHOAMI")).text() == "default");
    endpoint.user = "bob";
    endpoint.password = "secret-of-bob";
    endpoint.database = 3;
    Connection bob(endpoint);
    CHECK(bob.call(Command("ACL", "WHOAMI")).text() == "bob");
    bob.call(Command("SET", "only-in-3", "x"));
    CHECK(server.cli({"-n", "3", "EXISTS", "only-in-3"}) == "1");
    CHECK(server.cli({"-n", "0", "EXISTS", "only-in-3"}) == "0");

    endpoint.user = "eve";
    endpoint.password = "secret-of-eve";
    endpoint.database = 0;
    Connection eve(endpoint);  // may neither name herself nor ask for the role
    CHECK(eve.call(Command("SET", "x", "1")).text() == "OK");
    CHECK(caught([&] { eve.call(Command("SET", "y", "1")); }).kind == ErrorKind::refused);
    CHECK(caught([&] { eve.call(Command("DEL", "x")); }).kind == ErrorKind::refused);
    CHECK(eve.call(Command("GET", "x")).text() == "1");
}

TEST_CASE("a login that is no good is refused with the mend and without the password") {
    const RedisServer locked({.password = "secret"});
    const RedisServer open;
    struct Row {
        Endpoint endpoint;
        const char* says;
    };
    Endpoint none = endpoint_of(locked);
    Endpoint wrong = none;
    wrong.password = "hunter2";
    Endpoint nobody = wrong;
    nobody.user = "nobody";
    Endpoint needless = endpoint_of(open);
    needless.password = "hunter2";
    Endpoint database = endpoint_of(open);
    database.database = 99;
    const Row rows[] = {
        {none, "put user and password into REDIS_URL"},
        {wrong, "check user and password in REDIS_URL"},
        {nobody, "check user and password in REDIS_URL"},
        {needless, "take it out of REDIS_URL"},
        {database, "check the database number in REDIS_URL"},
    };
    for (const Row& row : rows) {
        const auto error = caught([&] { Connection connection(row.endpoint); });
        CAPTURE(error.message);
        CHECK(error.kind == ErrorKind::refused);
        CHECK(error.says(row.says));
        CHECK(error.says(row.endpoint.describe()));
        CHECK(!error.says("hunter2"));
    }
}

TEST_CASE("a server that is full is waited for, and one that is a replica is moved") {
    const RedisServer full({.config = {"maxclients 1"}});
    Connection first(endpoint_of(full));
    const auto error = caught([&] { Connection second(endpoint_of(full)); });
    CHECK(error.kind == ErrorKind::unreachable);
    CHECK(error.says("maxclients"));

    const RedisServer server;
    Connection connection(endpoint_of(server));
    connection.call(Command("SET", "x", "1"));
    server.cli({"REPLICAOF", "127.0.0.1", std::to_string(full.port())});
    CHECK(caught([&] { connection.call(Command("SET", "x", "2")); }).kind == ErrorKind::moved);
    CHECK(connection.is_open());
    const Script write("return redis.call('SET', KEYS[1], ARGV[1])");
    CHECK(caught([&] { write.run(connection, {"x"}, {"2"}); }).kind == ErrorKind::moved);
    const auto replica = caught([&] { Connection another(endpoint_of(server)); });
    CHECK(replica.kind == ErrorKind::moved);
    CHECK(replica.says("is a replica"));
}

TEST_CASE("a blocking read ends with data, with its own time, and with a wake") {
    const RedisServer server;
    Connection connection(endpoint_of(server));
    const auto read = [&](int milliseconds, const Patience& patience) {
        return connection.call(Command("XREAD", "BLOCK", milliseconds, "STREAMS", "stream", "$"),
                               patience);
    };
    CHECK(read(50, {.timeout = 10s}).is_nil());

    std::jthread producer([&] {
        wait_for_blocked_reader(server);
        server.cli({"XADD", "stream", "*", "job", "hello"});
    });
    const Reply reply = read(20'000, {.timeout = 30s});
    CHECK(reply.array().at(0).array().at(0).text() == "stream");
    producer.join();

    nexus::CancelSource wake;
    std::jthread waker([&] {
        wait_for_blocked_reader(server);
        wake.cancel();
    });
    CHECK(caught([&] { read(60'000, {.timeout = 90s, .wake_fd = wake.fd()}); }).kind ==
          ErrorKind::cancelled);
    CHECK(!connection.is_open());
}

TEST_CASE("a server that stands still is a timeout") {
    RedisServer server;
    Connection connection(endpoint_of(server));
    server.signal(SIGSTOP);
    CHECK(caught([&] { connection.call(Command("PING"), {.timeout = 200ms}); }).kind ==
          ErrorKind::timeout);
    Endpoint endpoint = endpoint_of(server);
    endpoint.connect_timeout = 200ms;
    CHECK(caught([&] { Connection another(endpoint); }).kind == ErrorKind::timeout);
    server.signal(SIGCONT);
}

TEST_CASE("a script runs by its hash, and again after Redis has forgotten it") {
    const RedisServer server;
    Connection connection(endpoint_of(server));
    const Script script("return {KEYS[1], ARGV[1], #ARGV}");
    for (const char* state : {"never seen", "known", "flushed"}) {
        CAPTURE(state);
        if (state == std::string("flushed")) connection.call(Command("SCRIPT", "FLUSH"));
        const Reply reply = script.run(connection, {"k"}, {"a", "", "c"});
        CHECK(reply.array().at(0).text() == "k");
        CHECK(reply.array().at(1).text() == "a");
        CHECK(reply.array().at(2).integer() == 3);
    }
    CHECK(connection.call(Command("SCRIPT", "EXISTS", script.sha1())).array().at(0).integer() == 1);
    const Script failing("return redis.error_reply('FENCED another epoch')");
    try {
        failing.run(connection, {}, {});
        FAIL_CHECK("nothing was thrown");
    } catch (const Error& error) {
        CHECK(error.code() == "FENCED");
        CHECK(error.kind() == ErrorKind::command);
    }
}

TEST_CASE("a subscriber hears its channels and patterns and nothing else") {
    const RedisServer server;
    Connection connection(endpoint_of(server));
    Subscriber subscriber(connection, {.channels = {"plain"}, .patterns = {"tenant:*:events"}});
    CHECK(server.cli({"PUBLISH", "other", "0"}) == "0");
    CHECK(server.cli({"PUBLISH", "tenant:acme:events", "one"}) == "1");
    CHECK(server.cli({"PUBLISH", "plain", "two"}) == "1");
    const auto one = subscriber.next({.timeout = 10s});
    REQUIRE(one);
    CHECK(one->channel == "tenant:acme:events");
    CHECK(one->pattern == "tenant:*:events");
    CHECK(one->payload == "one");
    const auto two = subscriber.next({.timeout = 10s});
    REQUIRE(two);
    CHECK(two->channel == "plain");
    CHECK(two->payload == "two");
    CHECK(!subscriber.next({.timeout = 20ms}));
}

TEST_CASE("a session outlives a restart of the server, and other threads see the state") {
    RedisServer server({.appendonly = true});
    const TempDir folder;
    write_file(folder / "log", "");
    const nexus::UniqueFd file(::open((folder / "log").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    const nexus::Redactor redactor;
    nexus::Log log(file.get(), nexus::LogLevel::debug, nexus::LogFormat::text, redactor);
    const nexus::CancelSource stop;
    Session session(endpoint_of(server), "test", log, stop.fd());
    const auto count = [](Connection& connection) {
        return connection.call(Command("INCR", "counter")).integer();
    };
    CHECK(session.with(count) == 1);
    CHECK(session.connected());

    server.stop();
    std::atomic<std::int64_t> counted = 0;
    std::jthread user([&] { counted = session.with(count); });
    wait_until([&] { return !session.connected(); }, 10s, "the session sees the loss");
    server.start();
    user.join();
    CHECK(counted == 2);
    CHECK(session.connected());
    const std::string text = read_file(folder / "log");
    const auto times = [&](const std::string& words) {
        int found = 0;
        for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
            ++found;
        return found;
    };
    CAPTURE(text);
    CHECK(times("Redis is connected") == 1);
    CHECK(times("Redis is lost") == 1);
    CHECK(times("Redis is back") == 1);
}
