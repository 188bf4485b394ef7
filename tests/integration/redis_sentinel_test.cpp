// core/redis behind real sentinels.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <nexus/unique_fd.hpp>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "integration/redis_fixture.hpp"
#include "redis/connection.hpp"
#include "redis/session.hpp"
#include "support/sentinel.hpp"
#include "support/temp_dir.hpp"

using namespace nexus::redis;
using nexus::test::caught;
using nexus::test::endpoint_of;
using nexus::test::read_file;
using nexus::test::RedisOptions;
using nexus::test::RedisServer;
using nexus::test::SentinelGroup;
using nexus::test::SentinelOptions;
using nexus::test::TempDir;
using nexus::test::wait_for_blocked_reader;
using nexus::test::write_file;
using namespace std::chrono_literals;

namespace {

Endpoint endpoint_of(SentinelGroup& group, const SentinelOptions& options = {}) {
    Endpoint endpoint;
    endpoint.password = options.password;
    endpoint.master_name = options.master_name;
    for (const auto& sentinel : group.sentinels())
        endpoint.sentinels.push_back({"127.0.0.1", sentinel->port()});
    return endpoint;
}

std::int64_t count(Connection& connection) {
    return connection.call(Command("INCR", "counter")).integer();
}

// A replica counts what it has refused.
bool refused_a_write(const RedisServer& server) {
    return server.cli({"INFO", "errorstats"}).find("READONLY") != std::string::npos;
}

class Logged {
  public:
    nexus::Log& log() { return log_; }

  private:
    nexus::UniqueFd file_{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
    nexus::Redactor redactor_;
    nexus::Log log_{file_.get(), nexus::LogLevel::debug, nexus::LogFormat::text, redactor_};
};

}  // namespace

TEST_CASE("a session follows the master that died and the one that was replaced") {
    const SentinelOptions options{.password = "secret", .sentinel_password = true};
    SentinelGroup group(options);
    Logged logged;
    Session session(endpoint_of(group, options), "test", logged.log());
    CHECK(session.with(count) == 1);
    CHECK(group.master().cli({"WAIT", "2", "10000"}) == "2");

    RedisServer& dead = group.kill_master();
    CHECK(session.with(count) == 2);
    CHECK(group.master().cli({"GET", "counter"}) == "2");
    dead.start();
    group.settle();

    group.fail_over();
    group.settle();  // the old master has become a replica, beneath a connection that stood idle
    CHECK(session.with(count) == 3);
    CHECK(group.master().cli({"GET", "counter"}) == "3");
    for (const auto& server : group.servers())
        CHECK_FALSE(refused_a_write(*server));
}

TEST_CASE("a blocking read ends at once when its master becomes a replica") {
    RedisServer server;
    const RedisServer other;
    Connection connection(endpoint_of(server));
    std::jthread demotion([&] {
        wait_for_blocked_reader(server);
        server.cli({"REPLICAOF", "127.0.0.1", std::to_string(other.port())});
    });
    const auto error = caught([&] {
        connection.call(Command("XREAD", "BLOCK", 60'000, "STREAMS", "stream", "$"),
                        {.timeout = 30s});
    });
    CHECK(error.kind == ErrorKind::moved);
    CHECK(error.says("UNBLOCKED"));
}

TEST_CASE("a master that somebody made a replica is not written to, and the next one is") {
    SentinelGroup group({.replicas = 1, .sentinels = 1});
    const RedisServer stranger;
    RedisServer& old = group.master();
    old.cli({"REPLICAOF", "127.0.0.1", std::to_string(stranger.port())});
    const auto error = caught([&] { Connection connection(endpoint_of(group)); });
    CHECK(error.kind == ErrorKind::moved);
    CHECK(error.says("is not the master, though a sentinel named it"));
    Logged logged;
    Session session(endpoint_of(group), "test", logged.log());
    CHECK(session.with(count) == 1);
    CHECK(group.master().port() != old.port());
    CHECK_FALSE(refused_a_write(old));
}

TEST_CASE("with rediss:// the sentinels are asked over TLS as well") {
    const RedisOptions with_tls{.tls = true};
    const RedisServer server(with_tls);
    const RedisServer sentinel({.tls = true,
                                .sentinel = true,
                                .config = {"sentinel monitor mymaster 127.0.0.1 " +
                                           std::to_string(server.port()) + " 1"}});
    Endpoint endpoint = endpoint_of(server, with_tls);
    endpoint.master_name = "mymaster";
    endpoint.sentinels = {{"127.0.0.1", sentinel.port()}};
    const auto stranger = caught([&] { Connection connection(endpoint); });
    CHECK(stranger.kind == ErrorKind::refused);
    CHECK(stranger.says("is not in REDIS_CA_FILE"));
    const TempDir folder;
    endpoint.ca_file = folder / "both.crt";
    write_file(endpoint.ca_file,
               read_file(server.certificates().ca()) + read_file(sentinel.certificates().ca()));
    Connection connection(endpoint);
    CHECK(count(connection) == 1);
}
