// What an engine, or whatever else listens on its socket, may answer instead of HTTP.
#include <doctest/doctest.h>

#include "engine/http_client.hpp"
#include "unit/engine/fake_engine.hpp"

namespace nexus::engine {
namespace {

using std::chrono::seconds;

// Everything is sent at once, and then the connection is closed.
BackendError error_after(const std::string& answer) {
    const FakeEngine fake([&answer](Peer& peer) {
        peer.read_request();
        peer.send(answer);
    });
    HttpClient client({"Docker Engine", "dockerd", parse_endpoint(fake.endpoint())});
    return error_of([&] { client.send(within(seconds(10)), {"GET", "/info"}); });
}

TEST_CASE("an answer that is not HTTP is said to be none") {
    const std::string cases[] = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "hello\r\n",
        "SPAM/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 20000 OK\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.1 200 " + std::string(10'000, 'x') + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\n" + std::string(10'000, 'x') + ": a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: " + std::string(100'000, 'x') + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        std::string(1000, '\0'),
        std::string(100'000, '\xff'),
    };
    for (const auto& answer : cases) {
        CAPTURE(answer.substr(0, 60));
        const BackendError error = error_after(answer);
        CHECK(error.code() == Code::unavailable);
        const std::string_view message = error.what();
        CHECK(message.starts_with("the Docker Engine at unix:///"));
        CHECK(message.size() < 300);
        CAPTURE(message);
        CHECK((message.find("not HTTP (GET /info)") != std::string_view::npos ||
               message.find("broke off") != std::string_view::npos));
    }
}

TEST_CASE("more headers than anyone needs are not read") {
    std::string answer = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 100'000; ++i)
        answer += "A" + std::to_string(i) + ": b\r\n";
    CHECK(error_after(answer + "\r\n").code() == Code::unavailable);
}

TEST_CASE("an answer that breaks off is never taken for a whole one") {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    const std::string cases[] = {
        "",
        "H",
        "HTTP/1.1 200",
        head,
        head + "Content-Le",
        head + "Content-Length: 10\r\n",
        head + "Content-Length: 10\r\n\r\n",
        head + "Content-Length: 10\r\n\r\n{\"a\"",
        head + "Content-Length: 99999999999\r\n\r\n{}",
        head + "Transfer-Encoding: chunked\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n5",
        head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a",
        head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
    };
    for (const auto& answer : cases) {
        CAPTURE(answer);
        const BackendError error = error_after(answer);
        CHECK(error.code() == Code::unavailable);
        CHECK(error.retryable());
        CHECK(std::string_view(error.what()).starts_with("the Docker Engine at unix:///"));
    }
}

TEST_CASE("an answer that never ends is given up at a bound") {
    const FakeEngine fake([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string chunk = "10000\r\n" + std::string(65'536, ' ') + "\r\n";
        while (peer.send(chunk)) {
        }
    });
    HttpClient client({"Docker Engine", "dockerd", parse_endpoint(fake.endpoint())});
    const auto error = error_of([&] { client.send(within(seconds(30)), {"GET", "/info"}); });
    CHECK(error.code() == Code::internal);
    CHECK(std::string_view(error.what()).ends_with("answered more than 32 MiB (GET /info)"));
}

TEST_CASE("an engine that only says continue is left at the deadline") {
    const FakeEngine fake([](Peer& peer) {
        peer.read_request();
        while (peer.send("HTTP/1.1 100 Continue\r\n\r\n"))
            std::this_thread::yield();
    });
    HttpClient client({"Docker Engine", "dockerd", parse_endpoint(fake.endpoint())});
    const auto error = error_of([&] {
        client.send(within(std::chrono::milliseconds(50)), {"GET", "/info"});
    });
    CHECK(error.code() == Code::timeout);
}

TEST_CASE("bytes behind an answer are never taken for the next one") {
    const FakeEngine fake([](Peer& peer) {
        peer.read_request();
        peer.send(http(200, "first") + http(200, "not asked for"));
        peer.wait_for_close();
    });
    HttpClient client({"Docker Engine", "dockerd", parse_endpoint(fake.endpoint())});
    CHECK(error_of([&] {
              client.send(within(seconds(5)), {"GET", "/info"});
          }).code() == Code::unavailable);
}

}  // namespace
}  // namespace nexus::engine
