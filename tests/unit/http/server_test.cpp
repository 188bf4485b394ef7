#include "http/server.hpp"

#include <doctest/doctest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <vector>

#include "unit/http/fake_source.hpp"
#include "unit/http/raw_client.hpp"

using namespace nexus::http;
using namespace std::chrono_literals;
using nexus::test::ask;
using nexus::test::FakeSource;
using nexus::test::RawClient;

namespace {

ServerOptions on_loopback() {
    ServerOptions options;
    options.host = "127.0.0.1";
    return options;
}

std::string request(const std::string& method, const std::string& target,
                    const std::string& more = "") {
    return method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

bool is_well(std::uint16_t port) {
    return has(ask(port, request("GET", "/healthz")), "HTTP/1.1 200 ");
}

}  // namespace

TEST_CASE("the server answers on the port that it tells") {
    FakeSource source;
    const Server server(on_loopback(), source);
    REQUIRE(server.port() != 0);
    const auto text = ask(server.port(), request("GET", "/healthz?x"));
    CHECK(has(text, "HTTP/1.1 200 OK\r\n"));
    CHECK(has(text, "Content-Type: application/json\r\n"));
    CHECK(has(text, "Cache-Control: no-store\r\n"));
    CHECK(has(text, "Connection: Close\r\n"));
    CHECK(has(text, "\r\n\r\n{\"ok\":true,\"node\":\"worker-1\""));
    CHECK_FALSE(has(text, "Server:"));
    CHECK_FALSE(has(text, "Poco"));
    CHECK(has(ask(server.port(), request("GET", "/metrics")),
              "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    CHECK_FALSE(has(text, "Content-Security-Policy:"));
    const auto page = ask(server.port(), request("GET", "/"));
    CHECK(has(page, "HTTP/1.1 200 OK\r\n"));
    CHECK(has(page, "Content-Type: text/html; charset=utf-8\r\n"));
    CHECK(has(page, "Content-Security-Policy: default-src 'none'; "));
    CHECK(has(page, "Cache-Control: no-store\r\n"));
    CHECK(has(page, "X-Content-Type-Options: nosniff\r\n"));
    source.ok = false;
    CHECK(has(ask(server.port(), request("GET", "/healthz")), "HTTP/1.1 503 "));
    CHECK(has(ask(server.port(), request("GET", "/readyz")), "HTTP/1.1 503 "));
}

TEST_CASE("what the server does not offer is refused over the wire") {
    FakeSource source;
    const Server server(on_loopback(), source);
    struct Row {
        std::string bytes;
        const char* status;
    };
    for (const Row& row :
         {Row{request("GET", "/elsewhere"), "HTTP/1.1 404 "},
          Row{request("GET", "/%68ealthz"), "HTTP/1.1 404 "},
          Row{request("POST", "/healthz", "Content-Length: 2\r\n") + "{}", "HTTP/1.1 405 "},
          Row{request("DELETE", "/healthz"), "HTTP/1.1 405 "},
          Row{request("GET", "/healthz", "Content-Length: 2\r\n") + "{}", "HTTP/1.1 413 "},
          Row{request("GET", "/healthz", "Transfer-Encoding: chunked\r\n") + "2\r\n{}\r\n0\r\n\r\n",
              "HTTP/1.1 413 "},
          Row{request("GET", "/healthz", "Content-Length: 999999999\r\nExpect: 100-continue\r\n"),
              "HTTP/1.1 413 "},
          Row{request("GET", "/healthz", "Content-Length: 1000000\r\n") + std::string(1000000, 'x'),
              "HTTP/1.1 413 "},
          Row{request("GET", "/healthz", "Content-Length: 0\r\n"), "HTTP/1.1 200 "}}) {
        const auto text = ask(server.port(), row.bytes);
        CAPTURE(text);
        CHECK(text.find(row.status) == 0);
        CHECK(has(text, "Cache-Control: no-store\r\n"));
    }
    CHECK(has(ask(server.port(), request("POST", "/healthz")), "Allow: GET\r\n"));
}

TEST_CASE("HEAD is refused, with the headers alone") {
    FakeSource source;
    const Server server(on_loopback(), source);
    const auto text = ask(server.port(), request("HEAD", "/healthz"));
    CHECK(text.find("HTTP/1.1 405 ") == 0);
    CHECK(has(text, "Allow: GET\r\n"));
    CHECK(text.size() == text.find("\r\n\r\n") + 4);
}

TEST_CASE("garbage gets no answer that is not an error, and the server lives on") {
    FakeSource source;
    const Server server(on_loopback(), source);
    std::string every_byte;
    for (int i = 0; i < 256; ++i)
        every_byte += static_cast<char>(i);
    for (const std::string& bytes :
         {std::string("\r\n\r\n"), std::string("GET\r\n\r\n"), std::string("GET /healthz\r\n\r\n"),
          std::string("GET /healthz HTTP/9.9.9.9.9\r\n\r\n"), std::string("\0\0\0\0\r\n\r\n", 8),
          every_byte, every_byte + "\r\n\r\n",
          std::string("GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n"),
          std::string("GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
          std::string("GET /healthz HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n"),
          std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)}) {
        RawClient client(server.port());
        client.send(bytes);
        const auto text = client.read_all(100ms);
        CAPTURE(bytes);
        CAPTURE(text);
        CHECK_FALSE(has(text, "\"ok\":true"));
    }
    CHECK(is_well(server.port()));
}

TEST_CASE("a header that is too long is refused before it is read to its end") {
    FakeSource source;
    const Server server(on_loopback(), source);
    const std::string line = "X: " + std::string(1000, 'x') + "\r\n";
    std::string lines;
    for (int i = 0; i < 30; ++i)
        lines += line;
    for (const std::string& bytes :
         {request("GET", "/healthz", lines),
          "GET /" + std::string(20000, 'x') + " HTTP/1.1\r\n\r\n", std::string(20000, 'G'),
          request("GET", "/healthz", "X: " + std::string(20000, 'x') + "\r\n"),
          request("GET", "/healthz", std::string(20000, 'x') + ": x\r\n")}) {
        RawClient client(server.port());
        client.send(bytes);
        const auto text = client.read_all();
        CAPTURE(text.substr(0, 100));
        CHECK(client.ended());
        CHECK_FALSE(has(text, " 200 "));
    }
    CHECK(has(ask(server.port(), request("GET", "/healthz", lines)), "HTTP/1.1 431 "));
    CHECK(is_well(server.port()));
}

TEST_CASE("a client that sends slowly is cut off, however often it sends") {
    FakeSource source;
    auto options = on_loopback();
    options.request_time = 300ms;
    options.threads = 1;
    const Server server(options, source);
    const auto begun = std::chrono::steady_clock::now();
    RawClient slow(server.port());
    slow.send("GET /healthz HTTP/1.1\r\n");
    std::string text;
    while (!slow.ended() && std::chrono::steady_clock::now() - begun < 30s) {
        slow.send("X");
        text += slow.read_all(20ms);
    }
    CHECK(slow.ended());
    CHECK(has(text, "HTTP/1.1 408 "));
    CHECK(is_well(server.port()));
}

TEST_CASE("silent clients hold the only thread no longer than their time") {
    FakeSource source;
    auto options = on_loopback();
    options.request_time = 100ms;
    options.threads = 1;
    const Server server(options, source);
    std::vector<RawClient> silent;
    for (int i = 0; i < 5; ++i)
        silent.emplace_back(server.port());
    CHECK(is_well(server.port()));
}

TEST_CASE("fifty requests at once are all answered") {
    FakeSource source;
    const Server server(on_loopback(), source);
    std::vector<std::future<bool>> answers;
    for (int i = 0; i < 50; ++i)
        answers.push_back(std::async(std::launch::async, is_well, server.port()));
    int well = 0;
    for (auto& one : answers)
        well += one.get() ? 1 : 0;
    CHECK(well == 50);
    CHECK(source.asked == 50);
}

TEST_CASE("the server ends at once though clients hang on") {
    FakeSource source;
    auto options = on_loopback();
    options.request_time = 60s;
    std::chrono::steady_clock::time_point begun;
    std::vector<RawClient> hanging;
    {
        const Server server(options, source);
        for (int i = 0; i < 10; ++i) {
            hanging.emplace_back(server.port());
            hanging.back().send("GET /heal");
        }
        CHECK(hanging.front().read_all(50ms).empty());
        begun = std::chrono::steady_clock::now();
    }
    CHECK(std::chrono::steady_clock::now() - begun < 30s);
}

TEST_CASE("a port in use, or an address of another machine, is told with the mend") {
    FakeSource source;
    const Server first(on_loopback(), source);
    auto taken = on_loopback();
    taken.port = first.port();
    auto elsewhere = on_loopback();
    elsewhere.host = "192.0.2.1";
    for (const auto& options : {taken, elsewhere}) {
        std::string message;
        try {
            const Server second(options, source);
        } catch (const std::runtime_error& error) {
            message = error.what();
        }
        CAPTURE(message);
        CHECK(has(message, "cannot listen on "));
        CHECK(has(message, options.host.c_str()));
        CHECK(has(message, "LISTEN_ADDRESS"));
    }
    CHECK(is_well(first.port()));
}

TEST_CASE("a port is free again once its server has ended") {
    FakeSource source;
    auto options = on_loopback();
    {
        const Server first(options, source);
        options.port = first.port();
        CHECK(is_well(options.port));
    }
    const Server second(options, source);
    CHECK(is_well(options.port));
}
