// A plugin whose engine's service dies and comes back. Each test has an engine of its own.
#include <doctest/doctest.h>

#include <csignal>
#include <thread>

#include "integration/backend_fixture.hpp"
#include "support/registry.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

using std::chrono::seconds;

struct OwnEngine {
    ContainerEngine own{ContainerEngine::under_test().kind()};
};

struct Service : OwnEngine, BackendFixture {
    Service() : BackendFixture(own) {}
};

void check_unavailable(const std::function<void()>& call) {
    const auto error = error_of(call);
    CHECK(error.code() == Code::unavailable);
    CHECK(error.retryable());
}

TEST_CASE_FIXTURE(Service, "a service that is killed is unavailable, and used again once it runs") {
    const ContainerSpec spec = running("survivor");
    engine.kill_service();
    check_unavailable([&] { backend->info(ctx()); });
    check_unavailable([&] { backend->list(ctx(), labels()); });
    check_unavailable([&] { backend->inspect(ctx(), spec.name); });
    check_unavailable([&] { backend->ensure_container(ctx(), spec); });
    check_unavailable([&] { backend->stop(ctx(), spec.name, seconds(1)); });

    engine.restart_service();
    CHECK(backend->info(ctx()).engine == engine.kind());
    const auto listed = backend->list(ctx(), labels());
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].phase == (traits.outlives_service ? Phase::running : Phase::exited));
    backend->start(ctx(), spec.name);
    CHECK(now(spec.name).phase == Phase::running);
    backend->stop(ctx(), spec.name, seconds(5));
    CHECK(now(spec.name).phase == Phase::exited);
}

TEST_CASE_FIXTURE(Service, "a pull whose engine is killed fails, and its repetition succeeds") {
    Registry registry(engine);
    const ImageRequest request{registry.push(engine.image()), {}};
    registry.signal(SIGSTOP);
    const auto said = host.text().size();
    std::jthread killer([&] {
        holds_within(seconds(30), [&] { return host.text().size() > said; });
        engine.kill_service();
    });
    check_unavailable([&] { backend->ensure_image(ctx(), request); });
    killer.join();
    check_unavailable([&] { backend->ensure_image(ctx(), request); });
    registry.signal(SIGCONT);
    engine.restart_service();
    CHECK(backend->ensure_image(ctx(), request).pulled);
}

TEST_CASE_FIXTURE(Service, "the event feed says when it may have missed something, and goes on") {
    const ContainerSpec spec = running("watched");
    const auto wait_for = [&](const std::string& action, const std::string& container,
                              std::ptrdiff_t more_than) {
        wait_until([&] { return host.count(action, container) > more_than; }, seconds(30),
                   action + " of \"" + container + '"');
    };
    wait_for("created", spec.name, 0);
    wait_for("started", spec.name, 0);
    for (int round = 0; round < 2; ++round) {
        engine.kill_service();
        const auto resyncs = host.count("resync", "");
        engine.restart_service();
        wait_for("resync", "", resyncs);
        backend->start(ctx(), spec.name);
        const auto exits = host.count("exited", spec.name);
        backend->stop(ctx(), spec.name, seconds(5));
        wait_for("exited", spec.name, exits);
        const auto starts = host.count("started", spec.name);
        backend->start(ctx(), spec.name);
        wait_for("started", spec.name, starts);
    }
    backend->remove(ctx(), spec.name);
    wait_for("removed", spec.name, 0);
    for (const auto& event : host.events())
        if (event.action != "resync") CHECK(event.tenant == labels().at("io.nexus.tenant"));
}

}  // namespace
}  // namespace nexus::test
