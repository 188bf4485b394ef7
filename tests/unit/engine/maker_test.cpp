#include "engine/maker.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nexus::engine {
namespace {

// What this_process() is in another process, for as long as that lives.
struct Other {
    Other() {
        int report[2];
        int hold[2];
        REQUIRE(::pipe(report) == 0);
        REQUIRE(::pipe(hold) == 0);
        pid = ::fork();
        if (pid == 0) {
            ::close(hold[1]);
            const std::string name = this_process();
            (void)!::write(report[1], name.data(), name.size());
            ::close(report[1]);
            char end = 0;
            (void)!::read(hold[0], &end, 1);
            ::_exit(0);
        }
        ::close(report[1]);
        ::close(hold[0]);
        release = hold[1];
        char bytes[256];
        const auto got = ::read(report[0], bytes, sizeof bytes);
        ::close(report[0]);
        REQUIRE(got > 0);
        maker.assign(bytes, static_cast<std::size_t>(got));
    }
    ~Other() { end(); }
    void end() {
        if (pid <= 0) return;
        ::close(release);
        ::waitpid(pid, nullptr, 0);
        pid = 0;
    }
    pid_t pid;
    int release;
    std::string maker;
};

TEST_CASE("another process lives until it ends, and this one is no other") {
    Other other;
    CHECK(other.maker != this_process());
    CHECK(is_another_that_lives(other.maker));
    CHECK_FALSE(is_another_that_lives(this_process()));
    other.end();
    CHECK_FALSE(is_another_that_lives(other.maker));
}

TEST_CASE("what is not to be seen from here does not count as living") {
    const std::string own = this_process();
    const auto slash = own.find('/');
    const Other other;
    CHECK_FALSE(is_another_that_lives("another boot" + other.maker.substr(slash)));
    CHECK_FALSE(is_another_that_lives(other.maker + "1"));
    for (const char* text : {"", "/", "//", "a/b", "a/b/c/d", "boot/1/2/3", "boot/1/../3"})
        CHECK_FALSE(is_another_that_lives(text));
}

}  // namespace
}  // namespace nexus::engine
