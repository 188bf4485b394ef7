#include "engine/write_fd.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

#include "unit/engine/fake_engine.hpp"

namespace nexus::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Pipe {
    std::array<int, 2> ends{-1, -1};
    Pipe() { REQUIRE(::pipe(ends.data()) == 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_reader();
        ::close(ends[1]);
    }
    void close_reader() {
        if (ends[0] >= 0) ::close(ends[0]);
        ends[0] = -1;
    }
};

TEST_CASE("everything reaches a slow reader") {
    const Pipe pipe;
    const std::string sent(300'000, 'x');
    std::string got;
    std::jthread reader([&] {
        std::array<char, 1000> piece{};
        while (got.size() < sent.size()) {
            const ssize_t count = ::read(pipe.ends[0], piece.data(), piece.size());
            if (count <= 0) return;
            got.append(piece.data(), static_cast<std::size_t>(count));
        }
    });
    write_all(within(seconds(30)), pipe.ends[1], sent);
    reader.join();
    CHECK(got == sent);
}

TEST_CASE("a reader that never reads does not outlast the call") {
    const Pipe pipe;
    const std::string much(1U << 20U, 'x');
    CHECK(error_of([&] { write_all(within(milliseconds(50)), pipe.ends[1], much); }).code() ==
          Code::timeout);
}

TEST_CASE("a reader that is gone is an error and not a signal") {
    Pipe pipe;
    pipe.close_reader();
    const auto error = error_of([&] { write_all(within(seconds(1)), pipe.ends[1], "x"); });
    CHECK(error.code() == Code::internal);
    CHECK(std::string(error.what()).find("Broken pipe") != std::string::npos);
}

}  // namespace
}  // namespace nexus::engine
