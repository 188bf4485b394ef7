#include "tenants/image_puller.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "fake_backend.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::tenants;

namespace {

config::ImageRef image() {
    return std::get<config::ImageRef>(config::ImageRef::parse("ghcr.io/acme/nexus:1"));
}

CallContext in(std::chrono::milliseconds time, int cancel_fd = -1) {
    return {std::chrono::steady_clock::now() + time, cancel_fd, "job", "acme"};
}

struct Pulls {
    Redactor redactor;
    Log log{STDERR_FILENO, LogLevel::critical, LogFormat::text, redactor};
    test::FakeBackend backend;
    ImagePuller puller{backend, "", redactor, log};
    std::atomic<bool> release = false;
    std::atomic<int> begun = 0;

    void hold_pulls() {
        backend.before = [this](const std::string&) {
            ++begun;
            while (!release)
                std::this_thread::yield();
        };
    }
};

}  // namespace

TEST_CASE_FIXTURE(Pulls, "one pull serves all who wait for the same image") {
    hold_pulls();
    std::atomic<int> entered = 0;
    std::atomic<int> done = 0;
    std::vector<std::thread> waiters;
    for (int i = 0; i < 8; ++i) {
        waiters.emplace_back([&] {
            ++entered;
            puller.ensure(in(std::chrono::seconds(20)), image());
            ++done;
        });
    }
    test::wait_until([&] { return begun == 1 && entered == 8; }, std::chrono::seconds(10),
                     "the pull begins, and all ask for it");
    CHECK(done == 0);
    release = true;
    for (auto& waiter : waiters)
        waiter.join();
    CHECK(done == 8);
    // Who came after the pull's end asks for itself; who came during it does not.
    CHECK(begun < 8);
}

TEST_CASE_FIXTURE(Pulls,
                  "a waiter leaves at its own deadline or cancel, without disturbing the pull") {
    hold_pulls();
    std::thread leader([&] { puller.ensure(in(std::chrono::seconds(20)), image()); });
    test::wait_until([&] { return begun == 1; }, std::chrono::seconds(10), "the pull begins");
    try {
        puller.ensure(in(std::chrono::milliseconds(50)), image());
        FAIL("it did not leave");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::timeout);
    }
    CancelSource cancel;
    cancel.cancel();
    try {
        puller.ensure(in(std::chrono::seconds(20), cancel.fd()), image());
        FAIL("it did not leave");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::cancelled);
    }
    release = true;
    leader.join();
    CHECK(begun == 1);
}

TEST_CASE_FIXTURE(Pulls, "where the one who pulls is cancelled, a waiter takes over") {
    std::atomic<int> pulls = 0;
    backend.before = [&](const std::string&) {
        if (++pulls > 1) return;
        ++begun;
        while (!release)
            std::this_thread::yield();
        throw BackendError(Code::cancelled, "cancelled", false);
    };
    std::thread leader(
        [&] { CHECK_THROWS_AS(puller.ensure(in(std::chrono::seconds(20)), image()), Failure); });
    test::wait_until([&] { return begun == 1; }, std::chrono::seconds(10), "the pull begins");
    std::thread waiter([&] { puller.ensure(in(std::chrono::seconds(20)), image()); });
    release = true;
    leader.join();
    waiter.join();
    CHECK(backend.images.count("ghcr.io/acme/nexus:1") == 1);
}

TEST_CASE_FIXTURE(Pulls, "what was made sure of is told once") {
    CHECK(puller.take_ensured().empty());
    puller.ensure(in(std::chrono::seconds(5)), image());
    puller.ensure(in(std::chrono::seconds(5)), image());
    CHECK(puller.take_ensured() == std::set<std::string>{image().text()});
    CHECK(puller.take_ensured().empty());
    backend.before = [](const std::string&) { throw BackendError(Code::denied, "no", false); };
    CHECK_THROWS_AS(puller.ensure(in(std::chrono::seconds(5)), image()), Failure);
    CHECK(puller.take_ensured().empty());
}

TEST_CASE_FIXTURE(Pulls, "a backend's refusal becomes a code that the producer can act on") {
    const struct {
        Code from;
        ErrorCode to;
    } rows[] = {{Code::not_found, ErrorCode::image_unavailable},
                {Code::denied, ErrorCode::image_unavailable},
                {Code::unavailable, ErrorCode::image_unavailable},
                {Code::invalid, ErrorCode::image_invalid},
                {Code::exhausted, ErrorCode::exhausted},
                {Code::timeout, ErrorCode::timeout}};
    for (const auto& row : rows) {
        backend.before = [&](const std::string&) { throw BackendError(row.from, "no", false); };
        try {
            puller.ensure(in(std::chrono::seconds(5)), image());
            FAIL("nothing was thrown");
        } catch (const Failure& failure) {
            CHECK(failure.code() == row.to);
        }
    }
}
