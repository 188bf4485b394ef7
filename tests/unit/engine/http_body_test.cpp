// Bodies that are no text in memory: sent from a descriptor, or not there.
#include <doctest/doctest.h>
#include <unistd.h>

#include <nexus/unique_fd.hpp>
#include <thread>
#include <vector>

#include "unit/engine/http_calls.hpp"

namespace nexus::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct BodyPipe {
    BodyPipe() {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        reader.reset(ends[0]);
        writer.reset(ends[1]);
        request.idempotent = false;
        request.body_fd = reader.get();
        request.headers["Content-Type"] = "application/x-tar";
    }
    UniqueFd reader;
    UniqueFd writer;
    Request request{"PUT", "/things"};
};

TEST_CASE("a body that comes from a descriptor is sent to its end, and the connection goes on") {
    std::vector<std::string> seen;
    const FakeEngine fake([&seen](Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) {
            seen.push_back(std::move(request));
            peer.send(http(200, "{}"));
        }
    });
    BodyPipe body;
    const std::string large(3 << 20, 'x');
    std::jthread writer([&] {
        for (std::size_t at = 0; at < large.size();)
            at += static_cast<std::size_t>(
                ::write(body.writer.get(), large.data() + at, large.size() - at));
        body.writer.reset();
    });
    {
        HttpClient client(at(fake.endpoint()));
        CHECK(client.send(within(seconds(20)), body.request).status == 200);
        CHECK(client.send(within(seconds(5)), {"GET", "/a"}).status == 200);
    }
    CHECK(fake.connections() == 1);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].find("\r\nContent-Type: application/x-tar\r\n") != std::string::npos);
    CHECK(seen[0].find("Content-Length") == std::string::npos);
    CHECK(seen[0].substr(seen[0].find("\r\n\r\n") + 4) == large);
}

TEST_CASE("an engine that refuses before it has all of a body is heard, and not used again") {
    const FakeEngine fake([](Peer& peer) {
        peer.send(http(500, R"({"message":"no space left on device"})"));
        peer.wait_for_close();
    });
    HttpClient client(at(fake.endpoint()));
    for (int i = 0; i < 2; ++i) {
        const BodyPipe endless;
        std::jthread writer([fd = endless.writer.get()](const std::stop_token& stop) {
            while (!stop.stop_requested() && ::write(fd, "x", 1) == 1)
                std::this_thread::yield();
        });
        const Answer answer = client.send(within(seconds(20)), endless.request);
        CHECK(answer.status == 500);
        CHECK(answer.body.find("no space left") != std::string::npos);
        writer.request_stop();
        writer.join();
    }
    CHECK(fake.connections() == 2);
}

TEST_CASE("a body that does not come ends with the call") {
    const FakeEngine fake([](Peer& peer) { peer.wait_for_close(); });
    HttpClient client(at(fake.endpoint()));
    const BodyPipe silent;
    check_ends_soon(Code::timeout, [&] { client.send(within(milliseconds(100)), silent.request); });
    const Cancellation cancellation;
    cancellation.cancel();
    check_ends_soon(Code::cancelled,
                    [&] { client.send(cancellation.within(seconds(20)), silent.request); });
}

TEST_CASE("an answer to HEAD has no body, whatever length it names") {
    const FakeEngine fake(
        FakeEngine::always("HTTP/1.1 404 Not Found\r\nContent-Length: 25\r\n\r\n"));
    HttpClient client(at(fake.endpoint()));
    for (int i = 0; i < 3; ++i) {
        const Answer answer = client.send(within(seconds(5)), {"HEAD", "/a"});
        CHECK(answer.status == 404);
        CHECK(answer.body.empty());
    }
    CHECK(fake.connections() == 1);
}

}  // namespace
}  // namespace nexus::engine
