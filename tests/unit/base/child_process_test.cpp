#include "base/child_process.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <thread>

#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

using nexus::ChildCommand;
using nexus::run_child;
using namespace std::chrono_literals;

namespace {

ChildCommand shell(const std::string& script) {
    return {{"sh", "-c", script}, {"PATH=/usr/bin:/bin"}, "", 64U << 10U};
}

// Cancels a child once it has made the file, and gives back how it ended.
void cancel_once_there(const std::string& script, const std::string& file,
                       std::chrono::milliseconds grace) {
    nexus::CancelSource cancel;
    std::jthread canceller([&] {
        nexus::test::holds_within(10s, [&] { return ::access(file.c_str(), F_OK) == 0; });
        cancel.cancel();
    });
    try {
        run_child(shell(script), cancel.fd(), grace);
        FAIL("it was not cancelled");
    } catch (const nexus::Failure& failure) {
        CHECK(failure.code() == nexus::ErrorCode::cancelled);
    }
}

}  // namespace

TEST_CASE("a child's streams are kept apart, and its exit code is told") {
    const auto outcome = run_child(shell("echo one; echo two >&2; exit 7"), -1);
    CHECK(outcome.out == "one\n");
    CHECK(outcome.err == "two\n");
    CHECK(outcome.exit_code == 7);
    CHECK(outcome.signal == 0);
    CHECK_FALSE(outcome.cut);
}

TEST_CASE("a child has the environment, the folder and the stdin that it is given, and no other") {
    const nexus::test::TempDir folder;
    auto command = shell("pwd; cat; env | sort");
    command.environment = {"PATH=/usr/bin:/bin", "ONE=two words"};
    command.folder = folder.path().string();
    const auto outcome = run_child(command, -1);
    CHECK(outcome.out.starts_with(command.folder + "\n"));
    CHECK(outcome.out.find("ONE=two words\n") != std::string::npos);
    CHECK(outcome.out.find("HOME=") == std::string::npos);
}

TEST_CASE("no shell is between: an argument is one, whatever is in it") {
    const std::string odd = "$(id) `id` ; | \" ' *";
    const auto outcome = run_child({{"printf", "%s", odd}, {}, "", 1024}, -1);
    CHECK(outcome.out == odd);
}

TEST_CASE("of a child that says more than is wanted, the end is kept") {
    auto command = shell("seq 1 100000; seq 1 100000 >&2");
    command.most_output = 1000;
    const auto outcome = run_child(command, -1);
    CHECK(outcome.out.size() == 1000);
    CHECK(outcome.out.ends_with("99999\n100000\n"));
    CHECK(outcome.err.size() == 1000);
    CHECK(outcome.cut);
}

TEST_CASE("a signal that ended a child is told") {
    CHECK(run_child(shell("kill -KILL $$"), -1).signal == SIGKILL);
}

TEST_CASE("a child begins with no signal blocked or passed over") {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &term, nullptr);
    const auto before = ::signal(SIGPIPE, SIG_IGN);
    const auto outcome = run_child(shell("kill -TERM $$; echo blocked"), -1);
    const auto pipe = run_child(shell("kill -PIPE $$; echo passed over"), -1);
    ::signal(SIGPIPE, before);
    ::pthread_sigmask(SIG_UNBLOCK, &term, nullptr);
    CHECK(outcome.signal == SIGTERM);
    CHECK(pipe.signal == SIGPIPE);
}

TEST_CASE("a program or a folder that is not there is an error of the start") {
    auto missing = shell("true");
    missing.folder = "/nowhere";
    for (const auto& command : {ChildCommand{{"no-such-program"}, {}, "", 1}, missing}) {
        try {
            run_child(command, -1);
            FAIL("it was started");
        } catch (const std::system_error& error) {
            CHECK(error.code() == std::errc::no_such_file_or_directory);
        }
    }
}

TEST_CASE("what a child leaves running does not hold up who waits for it") {
    const nexus::test::TempDir folder;
    const auto begun = std::chrono::steady_clock::now();
    const auto outcome = run_child(shell("sleep 60 & echo $! >" + folder / "pid"), -1);
    CHECK(outcome.exit_code == 0);
    CHECK(std::chrono::steady_clock::now() - begun < 30s);
    ::kill(std::stoi(nexus::test::read_file(folder / "pid")), SIGKILL);
}

TEST_CASE("a cancelled child is asked to end, and has time to clean up") {
    const nexus::test::TempDir folder;
    const auto ready = folder / "ready";
    const auto clean = folder / "clean";
    cancel_once_there(
        "trap 'touch " + clean + "; exit' TERM; touch " + ready + "; while :; do sleep 0.05; done",
        ready, 10s);
    CHECK(::access(clean.c_str(), F_OK) == 0);
}

TEST_CASE("a cancelled child that does not end is ended, with what it started") {
    const nexus::test::TempDir folder;
    const auto ready = folder / "ready";
    cancel_once_there("trap '' TERM; sleep 600 & echo $! >" + ready + ".new && mv " + ready +
                          ".new " + ready + "; while :; do sleep 0.05; done",
                      ready, 100ms);
    const auto other = std::stoi(nexus::test::read_file(ready));
    const auto ended = [other] { return ::kill(other, 0) != 0; };
    nexus::test::wait_until(ended, 10s, "the end of the other process");
}
