#include "backend/guarded_backend.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "base/cancel.hpp"
#include "plugins.hpp"
#include "support/wait_until.hpp"

namespace nexus {
namespace {

using namespace std::chrono_literals;
using test::error_of;
using test::Heard;
using test::soon;

OperationStatistics books_of(const GuardedBackend& guard, std::string_view name) {
    for (const auto& books : guard.statistics()) {
        if (books.name == name) return books;
    }
    return {};
}

TEST_CASE("calls and their errors are counted by operation") {
    Heard heard;
    GuardedBackend guard(
        test::simulated(R"({"tenants": {"acme": {"fail": {"start": "CONFLICT"}}}})", heard),
        "simulated");
    guard.info(soon());
    guard.info(soon());
    CHECK(error_of([&] { guard.start(soon("acme"), "n"); }).code() == Code::conflict);
    CHECK(books_of(guard, "info").count == 2);
    CHECK(books_of(guard, "info").errors == 0);
    CHECK(books_of(guard, "info").total.count() > 0);
    CHECK(books_of(guard, "start").count == 1);
    CHECK(books_of(guard, "start").errors == 1);
    guard.remove_image(soon(), "app:1");
    CHECK(books_of(guard, "remove_image").count == 1);
    CHECK(error_of([&] { guard.swap_volumes(soon(), "v", "w"); }).code() == Code::not_found);
    CHECK(books_of(guard, "swap_volumes").errors == 1);
    CHECK(books_of(guard, "logs").count == 0);
    CHECK(guard.in_flight() == 0);
    CHECK_FALSE(guard.stuck());
}

TEST_CASE("a call that overruns its deadline makes the backend stuck until it returns") {
    const PluginLibrary library({test::odd_plugin("stuck"), ""});
    Heard heard;
    GuardedBackend guard(library.create("{}", heard), "stuck", 20ms);
    CancelSource release;
    const CallContext overdue{std::chrono::steady_clock::now() - 12s, release.fd(), "op", "acme"};
    std::thread caller([&] { guard.stop(overdue, "n", 1s); });
    const bool noticed = test::holds_within(10s, [&] { return guard.stuck().has_value(); });
    CHECK(noticed);
    CHECK(guard.in_flight() == 1);
    if (noticed) {
        CHECK(guard.stuck()->find("backend stuck is stuck in stop for tenant acme since 1") == 0);
        const auto refused = error_of([&] { guard.info(soon()); });
        CHECK(refused.code() == Code::unavailable);
        CHECK(refused.retryable());
        CHECK(std::string(refused.what()).find("is stuck in stop") != std::string::npos);
        CHECK(books_of(guard, "info").count == 0);
    }
    release.cancel();
    caller.join();
    CHECK_FALSE(guard.stuck());
    CHECK_NOTHROW(guard.info(soon()));
}

TEST_CASE("a call that is late by less than the allowance is no reason for alarm") {
    const PluginLibrary library({test::odd_plugin("stuck"), ""});
    Heard heard;
    GuardedBackend guard(library.create("{}", heard), "stuck", 1h);
    CancelSource release;
    const CallContext overdue{std::chrono::steady_clock::now() - 12s, release.fd(), "op", "acme"};
    std::thread caller([&] { guard.stop(overdue, "n", 1s); });
    CHECK(test::holds_within(10s, [&] { return guard.in_flight() == 1; }));
    CHECK_FALSE(guard.stuck());
    CHECK_NOTHROW(guard.info({std::chrono::steady_clock::time_point::max(), -1, "", ""}));
    release.cancel();
    caller.join();
}

TEST_CASE("the books stay right under many threads") {
    Heard heard;
    GuardedBackend guard(test::simulated("{}", heard), "simulated");
    constexpr int threads = 8;
    constexpr int calls = 200;
    std::vector<std::thread> callers;
    for (int i = 0; i < threads; ++i) {
        callers.emplace_back([&guard] {
            for (int n = 0; n < calls; ++n)
                guard.inspect(soon(), "n");
        });
    }
    for (auto& caller : callers)
        caller.join();
    CHECK(books_of(guard, "inspect").count == threads * calls);
    CHECK(guard.in_flight() == 0);
}

}  // namespace
}  // namespace nexus
