// core/redis against a real redis-server over TLS.
#include <doctest/doctest.h>

#include <string>

#include "integration/redis_fixture.hpp"
#include "redis/connection.hpp"
#include "support/certificates.hpp"

using namespace nexus::redis;
using nexus::test::caught;
using nexus::test::Certificates;
using nexus::test::endpoint_of;
using nexus::test::RedisOptions;
using nexus::test::RedisServer;
using namespace std::chrono_literals;

namespace {

const RedisOptions with_tls{.tls = true};

}  // namespace

TEST_CASE("TLS works with the name and with the address that are in the certificate") {
    const RedisServer server(with_tls);
    Endpoint endpoint = endpoint_of(server, with_tls);
    for (const char* host : {"127.0.0.1", "localhost"}) {
        CAPTURE(host);
        endpoint.host = host;
        Connection connection(endpoint);
        const std::string big(10U << 20U, 'x');  // many TLS records, more than one receive takes
        connection.call(Command("SET", "big", big));
        CHECK(connection.call(Command("GET", "big")).text() == big);
        CHECK(connection
                  .call(Command("XREAD", "BLOCK", 20, "STREAMS", "nothing", "$"), {.timeout = 10s})
                  .is_nil());
    }
}

TEST_CASE("a name or an address that is not in the certificate is refused") {
    struct Row {
        const char* in_certificate;
        const char* host;
    };
    const Row rows[] = {
        {"DNS:localhost", "127.0.0.1"},
        {"DNS:127.0.0.1", "127.0.0.1"},  // as a name: an address must be there as one
        {"IP:127.0.0.2", "127.0.0.1"},
        {"IP:127.0.0.1", "localhost"},
        {"DNS:redis.example", "localhost"},
        {"DNS:*.localhost", "localhost"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.in_certificate);
        CAPTURE(row.host);
        // Without a wrapper of redis-cli's own check there is none: it looks at the authority only.
        const RedisOptions options{.tls = true, .server_names = row.in_certificate};
        const RedisServer server(options);
        Endpoint endpoint = endpoint_of(server, options);
        endpoint.host = row.host;
        const auto error = caught([&] { Connection connection(endpoint); });
        CHECK(error.kind == ErrorKind::refused);
        CAPTURE(error.message);
        CHECK(error.says(std::string("its certificate is not for \"") + row.host + "\""));
    }
}

TEST_CASE("an authority that is not ours is refused, ours by file and the system's alike") {
    const RedisServer server(with_tls);
    const Certificates others;
    Endpoint endpoint = endpoint_of(server, with_tls);
    endpoint.ca_file = others.ca();
    const auto wrong = caught([&] { Connection connection(endpoint); });
    CHECK(wrong.kind == ErrorKind::refused);
    CHECK(wrong.says("is not in REDIS_CA_FILE"));
    endpoint.ca_file.clear();
    const auto system = caught([&] { Connection connection(endpoint); });
    CHECK(system.kind == ErrorKind::refused);
    CHECK(system.says("name it in REDIS_CA_FILE"));
}

TEST_CASE("an expired certificate is refused") {
    const RedisServer server(with_tls);
    const Certificates& files = server.certificates();
    files.expire_server();
    server.cli({"CONFIG", "SET", "tls-cert-file", files.server_cert(), "tls-key-file",
                files.server_key()});
    const auto error = caught([&] { Connection connection(endpoint_of(server, with_tls)); });
    CHECK(error.kind == ErrorKind::refused);
    CHECK(error.says("has expired"));
}

TEST_CASE("a server that wants a client certificate gets one, its own, or refuses us") {
    for (const std::string protocols : {"TLSv1.2", "TLSv1.3"}) {
        CAPTURE(protocols);
        const RedisOptions options{
            .tls = true, .client_certificate = true, .config = {"tls-protocols " + protocols}};
        const RedisServer server(options);
        Endpoint endpoint = endpoint_of(server, options);
        const auto none = caught([&] { Connection connection(endpoint); });
        CHECK(none.kind == ErrorKind::refused);
        CAPTURE(none.message);
        CHECK(none.says("REDIS_CERT_FILE"));
        endpoint.cert_file = server.certificates().client_cert();
        endpoint.key_file = server.certificates().client_key();
        Connection connection(endpoint);
        CHECK(connection.call(Command("PING")).text() == "PONG");

        const Certificates others;
        endpoint.cert_file = others.client_cert();
        endpoint.key_file = others.client_key();
        const auto foreign = caught([&] { Connection again(endpoint); });
        CHECK(foreign.kind == ErrorKind::refused);
        CAPTURE(foreign.message);
        CHECK(foreign.says("does not accept our certificate"));
    }
}

TEST_CASE("files that cannot be used are refused by name") {
    const RedisServer server(with_tls);
    Endpoint missing = endpoint_of(server, with_tls);
    missing.ca_file = "/no/such/ca.pem";
    Endpoint half = endpoint_of(server, with_tls);
    half.cert_file = server.certificates().client_cert();
    Endpoint crossed = half;
    crossed.key_file = server.certificates().server_key();
    for (const Endpoint& endpoint : {missing, half, crossed}) {
        const auto error = caught([&] { Connection connection(endpoint); });
        CAPTURE(error.message);
        CHECK(error.kind == ErrorKind::refused);
        CHECK(error.says("REDIS_"));
    }
}

TEST_CASE("TLS to a port without it, and a port with it without TLS, say so") {
    const RedisServer plain;
    Endpoint endpoint = endpoint_of(plain);
    endpoint.transport = TransportKind::tls;
    endpoint.connect_timeout = 500ms;  // this Redis takes a handshake for a command without an end
    const auto no_tls = caught([&] { Connection connection(endpoint); });
    CAPTURE(no_tls.message);
    CHECK(no_tls.kind != ErrorKind::refused);
    CHECK(no_tls.says("write redis://"));

    const RedisServer secure(with_tls);
    endpoint = endpoint_of(secure, with_tls);
    endpoint.transport = TransportKind::tcp;
    const auto needs_tls = caught([&] { Connection connection(endpoint); });
    CAPTURE(needs_tls.message);
    CHECK(needs_tls.kind == ErrorKind::unreachable);
    CHECK(needs_tls.says("rediss://"));
}

TEST_CASE("a server that offers only old TLS is refused") {
    const RedisOptions options{.tls = true, .config = {"tls-protocols \"TLSv1.1 TLSv1.3\""}};
    const RedisServer server(options);
    server.cli({"CONFIG", "SET", "tls-protocols", "TLSv1.1"});
    const auto error = caught([&] { Connection connection(endpoint_of(server, options)); });
    CAPTURE(error.message);
    CHECK(error.kind == ErrorKind::refused);
    CHECK(error.says("TLS 1.2"));
}

TEST_CASE("a server that goes away under TLS is unreachable, and this process lives on") {
    RedisServer server(with_tls);
    Connection connection(endpoint_of(server, with_tls));
    server.stop();
    const Command big("SET", "x", std::string(8U << 20U, 'x'));
    CHECK(caught([&] { connection.call(big); }).kind == ErrorKind::unreachable);
    CHECK(!connection.is_open());
}
