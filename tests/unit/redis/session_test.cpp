#include "redis/session.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <nexus/unique_fd.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/log.hpp"
#include "fake_server.hpp"

using namespace nexus::redis;
using namespace std::chrono_literals;

namespace {

std::array<int, 2> socket_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::runtime_error("no socket pair");
    return ends;
}

// A log of which the changes of state can be read back.
class StateLog {
  public:
    nexus::Log& log() { return log_; }

    // The changes since the last call, in order.
    std::vector<std::string> changes() {
        std::array<char, 65536> buffer{};
        const auto count = ::recv(in_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        const std::string text(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
        std::vector<std::string> found;
        for (auto at = text.find("Redis is "); at != std::string::npos;
             at = text.find("Redis is ", at + 1)) {
            const auto begin = at + std::string("Redis is ").size();
            found.push_back(text.substr(begin, text.find(' ', begin) - begin));
        }
        return found;
    }

  private:
    std::array<int, 2> ends_ = socket_pair();
    nexus::UniqueFd in_{ends_[0]}, out_{ends_[1]};
    nexus::Redactor redactor_;
    nexus::Log log_{out_.get(), nexus::LogLevel::debug, nexus::LogFormat::text, redactor_};
};

using Changes = std::vector<std::string>;

std::int64_t ask(Connection& connection) {
    return connection.call(Command("ASK")).integer();
}

}  // namespace

TEST_CASE("a session connects at first use and says so once") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.expect("PING");
        for (int number = 0; number < 3; ++number) {
            client.expect("ASK");
            client.send(":" + std::to_string(number) + "\r\n");
        }
        client.receive_all();
    });
    StateLog state;
    Session session(server.endpoint(), "test", state.log());
    CHECK(!session.connected());
    CHECK(state.changes().empty());
    for (int number = 0; number < 3; ++number)
        CHECK(session.with(ask) == number);
    CHECK(session.connected());
    CHECK(state.changes() == Changes{"connected"});
}

TEST_CASE("what waiting mends is tried again, with one line when lost and one when back") {
    const std::string bad_answers[] = {"", "-READONLY You can't write\r\n", "-LOADING still\r\n",
                                       "garbage\r\n", "+not a number\r\n"};
    for (const std::string& bad : bad_answers) {
        CAPTURE(bad);
        FakeServer server([&](const FakeClient& client, int number) {
            client.send(welcome);
            client.expect("ASK");
            client.send(number == 0 || number == 4 ? ":7\r\n" : bad);
            if (number != 0) return;
            client.expect("ASK");
            client.send(bad);
        });
        StateLog state;
        Session session(server.endpoint(), "test", state.log());
        CHECK(session.with(ask) == 7);
        CHECK(session.with(ask) == 7);
        CHECK(session.connected());
        const Changes changes = state.changes();
        REQUIRE(changes.size() >= 3);
        // The first way back looks sound; those that fail after it are no news.
        CHECK(changes.front() == "connected");
        CHECK(changes[1] == "lost");
        CHECK(changes.back() == "back");
        CHECK(changes.size() <= 5);
    }
}

TEST_CASE("what waiting does not mend is thrown at once") {
    struct Row {
        std::string bytes;
        ErrorKind kind;
        std::int64_t clients;  // how many the server has seen after a second try
    };
    const Row rows[] = {
        {"-NOGROUP no such group\r\n", ErrorKind::command, 1},
        {"-NOPERM no rights\r\n", ErrorKind::refused, 1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes);
        std::atomic<std::int64_t> clients = 0;
        FakeServer server([&](const FakeClient& client, int) {
            ++clients;
            client.send(welcome);
            client.expect("ASK");
            client.send(row.bytes);
            client.expect("ASK");
            client.send(":1\r\n");
            client.receive_all();
        });
        StateLog state;
        Session session(server.endpoint(), "test", state.log());
        try {
            session.with(ask);
            FAIL_CHECK("nothing was thrown");
        } catch (const Error& error) {
            CHECK(error.kind() == row.kind);
        }
        CHECK(session.connected());
        CHECK(session.with(ask) == 1);
        CHECK(clients == row.clients);
        CHECK(state.changes() == Changes{"connected"});
    }
}

TEST_CASE("a refused login is thrown and leaves the session disconnected") {
    FakeServer server([](const FakeClient& client, int) {
        client.send("-NOAUTH Authentication required.\r\n");
        client.receive_all();
    });
    StateLog state;
    Session session(server.endpoint(), "test", state.log());
    for (int round = 0; round < 2; ++round) {
        try {
            session.with(ask);
            FAIL_CHECK("nothing was thrown");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::refused);
        }
    }
    CHECK(!session.connected());
    CHECK(state.changes() == Changes{"lost"});
}

TEST_CASE("a stop ends a session's waiting, in a call and between two tries") {
    nexus::CancelSource cancel;
    FakeServer server([&](const FakeClient& client, int number) {
        if (number < 2) return;  // two tries fail
        client.send(welcome);
        client.expect("ASK");
        cancel.cancel();
        client.receive_all();
    });
    StateLog state;
    Session session(server.endpoint(), "test", state.log(), cancel.fd());
    for (int round = 0; round < 2; ++round) {
        try {
            session.with(ask);
            FAIL_CHECK("nothing was thrown");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::cancelled);
        }
    }
}

TEST_CASE("other exceptions pass through a session, and a use may return nothing") {
    FakeServer server([](const FakeClient& client, int) {
        client.send(welcome);
        client.receive_all();
    });
    StateLog state;
    Session session(server.endpoint(), "test", state.log());
    int runs = 0;
    session.with([&](Connection&) { ++runs; });
    CHECK(runs == 1);
    CHECK_THROWS_AS(session.with([](Connection&) { throw std::logic_error("mine"); }),
                    std::logic_error);
    CHECK(session.connected());
}
