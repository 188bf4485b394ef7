#include "tenants/turn_locks.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nexus/unique_fd.hpp>
#include <string>
#include <system_error>

#include "support/temp_dir.hpp"

namespace nexus::tenants {
namespace {

using config::TenantId;

// Each open file stands for a process of its own, as the kernel has it.
struct Turns {
    test::TempDir state;
    TurnLocks mine{state.path().string()};
    TurnLocks other{state.path().string()};
    TenantId acme = *TenantId::parse("acme");
    TenantId bolt = *TenantId::parse("bolt");
};

TEST_CASE("one process has a tenant's turn, and another gets it once that lets go") {
    const Turns turns;
    auto held = turns.mine.try_take(turns.acme);
    REQUIRE(held);
    CHECK_FALSE(turns.other.try_take(turns.acme));
    held.reset();
    CHECK(turns.other.try_take(turns.acme));
    CHECK(turns.mine.try_take(turns.acme));  // the other's went with the result
}

TEST_CASE("the turns of two tenants are apart") {
    const Turns turns;
    const auto held = turns.mine.try_take(turns.acme);
    const auto beside = turns.other.try_take(turns.bolt);
    CHECK(beside);
    CHECK_FALSE(turns.mine.try_take(turns.bolt));
}

TEST_CASE("a turn that is moved is let go once") {
    const Turns turns;
    auto first = turns.mine.try_take(turns.acme);
    REQUIRE(first);
    {
        const TurnLocks::Held second = std::move(*first);
        first.reset();
        CHECK_FALSE(turns.other.try_take(turns.acme));
    }
    CHECK(turns.other.try_take(turns.acme));
}

TEST_CASE("a turn stays where another descriptor of the file is closed in its process") {
    const Turns turns;
    const auto held = turns.mine.try_take(turns.acme);
    UniqueFd(::open((turns.state / "turns").c_str(), O_RDWR)).reset();
    CHECK_FALSE(turns.other.try_take(turns.acme));
}

TEST_CASE("a process that is killed lets go of its turn") {
    const Turns turns;
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const TurnLocks own(turns.state.path().string());
        const auto held = own.try_take(turns.acme);
        const char told = held ? 'y' : 'n';
        if (::write(ready[1], &told, 1) == 1) ::pause();
        ::_exit(1);
    }
    char told = ' ';
    CHECK(::read(ready[0], &told, 1) == 1);
    CHECK(told == 'y');
    CHECK_FALSE(turns.mine.try_take(turns.acme));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK(turns.mine.try_take(turns.acme));
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("the file of the turns is private, and must be one") {
    const Turns turns;
    struct stat status {};
    REQUIRE(::stat((turns.state / "turns").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600);
    CHECK_THROWS_AS(TurnLocks(turns.state / "missing"), std::system_error);
    const test::TempDir elsewhere;
    REQUIRE(::symlink("/etc/passwd", (elsewhere / "turns").c_str()) == 0);
    CHECK_THROWS_AS(TurnLocks(elsewhere.path().string()), std::system_error);
}

}  // namespace
}  // namespace nexus::tenants
