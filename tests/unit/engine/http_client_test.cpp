#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

#include "support/temp_dir.hpp"
#include "unit/engine/http_calls.hpp"

namespace nexus::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool says(const BackendError& error, std::string_view text) {
    return std::string_view(error.what()).find(text) != std::string_view::npos;
}

TEST_CASE("a request arrives as it was meant and its answer comes back") {
    std::string seen;
    const FakeEngine fake([&seen](Peer& peer) {
        seen = peer.read_request();
        peer.send(http(201, "made", "Api-Version: 1.41\r\nX-Other: a\r\n"));
        peer.wait_for_close();
    });
    {
        HttpClient client(at(fake.endpoint()));
        Request request{"POST", "/things?a=%20", R"({"a":1})"};
        request.headers["X-Registry-Auth"] = "c2VjcmV0";
        const Answer answer = client.send(within(seconds(5)), request);
        CHECK(answer.status == 201);
        CHECK(answer.succeeded());
        CHECK(answer.body == "made");
        CHECK(answer.header("api-version") == "1.41");
        CHECK(answer.header("absent").empty());
    }
    CHECK(seen.starts_with("POST /things?a=%20 HTTP/1.1\r\n"));
    CHECK(seen.find("\r\nHost: localhost\r\n") != std::string::npos);
    CHECK(seen.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
    CHECK(seen.find("\r\nContent-Length: 7\r\n") != std::string::npos);
    CHECK(seen.find("\r\nX-Registry-Auth: c2VjcmV0\r\n") != std::string::npos);
    CHECK(seen.ends_with("\r\n\r\n{\"a\":1}"));
}

TEST_CASE("one connection serves many requests one after another") {
    const FakeEngine fake(FakeEngine::always(http(200, "{}")));
    HttpClient client(at(fake.endpoint()));
    for (int i = 0; i < 20; ++i)
        CHECK(client.send(within(seconds(5)), {"GET", "/a"}).body == "{}");
    const FakeEngine empty(FakeEngine::always("HTTP/1.1 204 No Content\r\n\r\n"));
    HttpClient other(at(empty.endpoint()));
    for (int i = 0; i < 20; ++i)
        CHECK(other.send(within(seconds(5)), {"DELETE", "/a"}).status == 204);
    CHECK(fake.connections() == 1);
    CHECK(empty.connections() == 1);
}

TEST_CASE("many threads call at once and get their own answers") {
    const FakeEngine fake([](Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();)
            peer.send(http(200, request.substr(0, request.find(" HTTP"))));
    });
    HttpClient client(at(fake.endpoint()));
    std::atomic<int> right = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 32; ++i)
            threads.emplace_back([&, i] {
                const std::string target = "/" + std::to_string(i);
                for (int turn = 0; turn < 20; ++turn) {
                    const Answer answer = client.send(within(seconds(30)), {"GET", target});
                    if (answer.body == "GET " + target) ++right;
                }
            });
    }
    CHECK(right == 640);
}

TEST_CASE("a chunked body comes whole, and a streamed one in pieces") {
    const FakeEngine fake(
        FakeEngine::always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "5\r\nhello\r\n6; extension=1\r\n world\r\n0\r\n\r\n"));
    HttpClient client(at(fake.endpoint()));
    CHECK(client.send(within(seconds(5)), {"GET", "/a"}).body == "hello world");
    std::string streamed;
    const Answer answer = client.stream(within(seconds(5)), {"GET", "/a"},
                                        [&](std::string_view piece) { streamed += piece; });
    CHECK(streamed == "hello world");
    CHECK(answer.body.empty());
    CHECK(fake.connections() == 1);
}

TEST_CASE("the error of a stream is in the answer and not in the stream") {
    const FakeEngine fake(FakeEngine::always(http(404, std::string(200'000, 'e'))));
    HttpClient client(at(fake.endpoint()));
    const Answer answer = client.stream(within(seconds(5)), {"GET", "/a"},
                                        [](std::string_view) { FAIL("an error was streamed"); });
    CHECK(answer.status == 404);
    CHECK(answer.body.size() == 65'536);
}

TEST_CASE("a body without a length ends with the connection") {
    const FakeEngine fake([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
    });
    HttpClient client(at(fake.endpoint()));
    CHECK(client.send(within(seconds(5)), {"GET", "/a"}).body == "until the end");
    CHECK(client.send(within(seconds(5)), {"GET", "/a"}).body == "until the end");
    CHECK(fake.connections() == 2);
}

TEST_CASE("what a consumer throws reaches the caller, and the next call works") {
    const FakeEngine fake(FakeEngine::always(http(200, std::string(100'000, 'x'))));
    HttpClient client(at(fake.endpoint()));
    CHECK_THROWS_AS(client.stream(within(seconds(5)), {"GET", "/a"},
                                  [](std::string_view) { throw std::domain_error("enough"); }),
                    std::domain_error);
    CHECK(client.send(within(seconds(5)), {"GET", "/a"}).body.size() == 100'000);
}

// Answers once, and closes when the next request is there: too late to be seen beforehand.
void answer_once_then_close(Peer& peer) {
    peer.read_request();
    peer.send(http(200, "{}"));
    peer.read_request();
}

TEST_CASE("an idempotent request goes over a new connection where a kept one is closed") {
    const FakeEngine fake(answer_once_then_close);
    HttpClient client(at(fake.endpoint()));
    for (int i = 0; i < 3; ++i)
        CHECK(client.send(within(seconds(5)), {"GET", "/a"}).status == 200);
    CHECK(fake.connections() == 3);
}

TEST_CASE("a request that must not be repeated fails where a kept connection is closed") {
    const FakeEngine fake(answer_once_then_close);
    HttpClient client(at(fake.endpoint()));
    Request request{"POST", "/a", "{}"};
    request.idempotent = false;
    CHECK(client.send(within(seconds(5)), request).status == 200);
    const auto error = error_of([&] { client.send(within(seconds(5)), request); });
    CHECK(error.code() == Code::unavailable);
    CHECK(error.retryable());
    CHECK(fake.connections() == 1);
}

TEST_CASE("an engine that never answers is left at the deadline and at a cancellation") {
    const FakeEngine fake([](Peer& peer) { peer.wait_for_close(); });
    HttpClient client(at(fake.endpoint()));
    check_ends_soon(Code::timeout, [&] { client.send(within(milliseconds(50)), {"GET", "/a"}); });
    const Cancellation cancellation;
    const std::jthread canceller([&] { cancellation.cancel(); });
    check_ends_soon(Code::cancelled, [&] {
        client.send(cancellation.within(seconds(60)), {"GET", "/a"});
    });
}

TEST_CASE("a stream that never ends is left at the deadline and at a cancellation") {
    const FakeEngine fake([](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while (peer.send("2\r\n{}\r\n"))
            std::this_thread::yield();
    });
    HttpClient client(at(fake.endpoint()));
    const auto ignore = [](std::string_view) {};
    check_ends_soon(Code::timeout, [&] {
        client.stream(within(milliseconds(50)), {"POST", "/pull"}, ignore);
    });
    const Cancellation cancellation;
    check_ends_soon(Code::cancelled, [&] {
        client.stream(cancellation.within(seconds(60)), {"POST", "/pull"},
                      [&](std::string_view) { cancellation.cancel(); });
    });
}

TEST_CASE("an engine that takes no bytes is left at the deadline") {
    std::promise<void> done;
    const FakeEngine deaf([&done](Peer&) { done.get_future().wait(); });
    HttpClient client(at(deaf.endpoint()));
    const Request huge{"POST", "/a", std::string(8U << 20U, 'x')};
    check_ends_soon(Code::timeout, [&] { client.send(within(milliseconds(50)), huge); });
    done.set_value();
}

TEST_CASE("an engine that cannot be reached is named with the mend") {
    const test::TempDir folder;
    const std::string path = folder / "engine.sock";
    HttpClient client(at("unix://" + path));
    const auto absent = error_of([&] { client.send(within(seconds(5)), {"GET", "/a"}); });
    CHECK(absent.code() == Code::unavailable);
    CHECK(absent.retryable());
    CHECK(says(absent, "the Docker Engine at unix://" + path + " cannot be reached: "));
    CHECK(says(absent, "there is no such socket; is dockerd running?"));
    test::write_file(path, "");
    const auto refused = error_of([&] { client.send(within(seconds(5)), {"GET", "/a"}); });
    CHECK(says(refused, "nobody listens on the socket; is dockerd running?"));
    HttpClient remote(at("tcp://127.0.0.1:1"));
    const auto closed = error_of([&] { remote.send(within(seconds(5)), {"GET", "/a"}); });
    CHECK(closed.code() == Code::unavailable);
    CHECK(says(closed, "nobody listens there; is dockerd running?"));
}

}  // namespace
}  // namespace nexus::engine
