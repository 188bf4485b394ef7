// Networks, volumes and images of a plugin on a real engine and a real registry.
#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>

#include "integration/backend_fixture.hpp"
#include "support/backend_call.hpp"
#include "support/registry.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

TEST_CASE("a network is made once and removed when nothing uses it") {
    BackendFixture f;
    const NetworkSpec spec{f.name("net"), "10.233.0.16/28", f.labels()};
    const NetworkState made = f.backend->ensure_network(f.ctx(), spec);
    CHECK(made.name == spec.name);
    CHECK(made.subnet == spec.subnet);
    CHECK(made.labels == spec.labels);
    CHECK(f.backend->ensure_network(f.ctx(), {spec.name, "", {}}).id == made.id);

    const ContainerSpec user = f.running("user");
    CHECK(f.engine.facts(user.name).networks == std::set{made.name});
    CHECK(error_of([&] { f.backend->remove_network(f.ctx(), spec.name); }).code() ==
          Code::conflict);
    f.backend->remove(f.ctx(), user.name);
    f.backend->remove_network(f.ctx(), spec.name);
    CHECK_NOTHROW(f.backend->remove_network(f.ctx(), spec.name));
}

TEST_CASE("a stopped container keeps its network, or says that it has to be made anew") {
    BackendFixture f;
    const ContainerSpec spec = f.running("mover");
    f.backend->stop(f.ctx(), spec.name, seconds(5));
    if (f.traits.stopped_holds_network) {
        CHECK(error_of([&] { f.backend->remove_network(f.ctx(), spec.network); }).code() ==
              Code::conflict);
    } else {
        f.backend->remove_network(f.ctx(), spec.network);
        f.backend->ensure_network(f.ctx(), {spec.network, "", f.labels()});
        const auto error = error_of([&] { f.backend->start(f.ctx(), spec.name); });
        CHECK(error.code() == Code::not_found);
        CHECK(std::string(error.what()).find("network") != std::string::npos);
        f.backend->remove(f.ctx(), spec.name);
    }
    f.running("mover");
}

TEST_CASE("a network whose subnet is taken, or is none, is refused") {
    BackendFixture f;
    f.backend->ensure_network(f.ctx(), {f.name("first"), "10.233.1.0/28", f.labels()});
    const auto overlap = error_of([&] {
        f.backend->ensure_network(f.ctx(), {f.name("second"), "10.233.1.0/24", f.labels()});
    });
    CHECK(overlap.code() == Code::conflict);
    CHECK(std::string(overlap.what()).find(f.name("second")) != std::string::npos);
    for (const char* subnet : {"10.233.2.999/28", "10.233.2.0", "nonsense"}) {
        const auto error = error_of([&] {
            f.backend->ensure_network(f.ctx(), {f.name("third"), subnet, f.labels()});
        });
        CHECK(error.code() == Code::invalid);
    }
}

TEST_CASE("many threads that ensure one network get the same one") {
    BackendFixture f;
    const auto ids = results_of(12, [&] {
        return f.backend->ensure_network(f.ctx(), {f.name("shared"), "", f.labels()}).id;
    });
    CHECK(ids.size() == 1);
    CHECK(f.engine.networks(f.name("shared")) == 1);
}

TEST_CASE("a name that is part of another network's name is its own") {
    BackendFixture f;
    const auto longer = f.backend->ensure_network(f.ctx(), {f.name("net_2"), "", f.labels()});
    const auto shorter = f.backend->ensure_network(f.ctx(), {f.name("net"), "", f.labels()});
    CHECK(longer.id != shorter.id);
    f.backend->remove_network(f.ctx(), f.name("net"));
    CHECK(f.backend->ensure_network(f.ctx(), {f.name("net_2"), "", {}}).id == longer.id);
}

TEST_CASE("a volume keeps its labels and its user") {
    BackendFixture f;
    const std::string name = f.name("state");
    CHECK_FALSE(f.backend->inspect_volume(f.ctx(), name));
    CHECK_FALSE(f.backend->inspect_volume(f.ctx(), name));
    const VolumeState made = f.backend->ensure_volume(f.ctx(), {name, f.labels()});
    CHECK(made.name == name);
    CHECK(made.labels == f.labels());
    CHECK(made.mountpoint.ends_with("/" + name + "/_data"));
    CHECK(f.backend->ensure_volume(f.ctx(), {name, {{"other", "label"}}}).labels == f.labels());

    const ContainerSpec user = f.spec("user");
    f.backend->ensure_container(f.ctx(), user);
    CHECK(error_of([&] { f.backend->remove_volume(f.ctx(), name); }).code() == Code::conflict);
    CHECK(f.backend->inspect_volume(f.ctx(), name));
    f.backend->remove(f.ctx(), user.name);
    f.backend->remove_volume(f.ctx(), name);
    CHECK_NOTHROW(f.backend->remove_volume(f.ctx(), name));
    CHECK(error_of([&] {
              f.backend->ensure_volume(f.ctx(), {"../x", {}});
          }).code() == Code::invalid);
}

TEST_CASE("an image is pulled from an open registry, once") {
    BackendFixture f;
    const Registry registry(f.engine);
    const std::string reference = registry.push(f.engine.image());
    const ImageState pulled = f.backend->ensure_image(f.ctx(), {reference, {}});
    CHECK(pulled.pulled);
    CHECK_FALSE(pulled.id.empty());
    CHECK(f.host.text().find("pulling image " + reference + ": done, ") != std::string::npos);
    const ImageState again = f.backend->ensure_image(f.ctx(), {reference, {}});
    CHECK_FALSE(again.pulled);
    CHECK(again.id == pulled.id);

    const std::string digest = f.engine.digest_of(reference);
    CHECK(f.backend->ensure_image(f.ctx(), {digest, {}}).id == pulled.id);
    const auto missing = error_of([&] {
        f.backend->ensure_image(f.ctx(), {registry.address() + "/app:9.9.9", {}});
    });
    CHECK(missing.code() == Code::not_found);
    const auto unknown = error_of([&] {
        f.backend->ensure_image(f.ctx(), {registry.address() + "/nothing:1", {}});
    });
    CHECK(unknown.code() == Code::not_found);
    CHECK(error_of([&] { f.backend->ensure_image(f.ctx(), {"app", {}}); }).code() == Code::invalid);
    f.engine.curl("DELETE", "/images/" + reference);
}

TEST_CASE("a registry that asks for a password gets it, and it is in no message") {
    BackendFixture f;
    const Registry registry(f.engine, "puller", "correct-password");
    const std::string reference = registry.push(f.engine.image());
    const auto denied = [&](const RegistryAuth& auth) {
        return error_of([&] { f.backend->ensure_image(f.ctx(), {reference, auth}); });
    };
    CHECK(denied({}).code() == Code::denied);
    const auto wrong = denied({registry.address(), "puller", "wrong-password", ""});
    CHECK(wrong.code() == Code::denied);
    CHECK_FALSE(wrong.retryable());
    const RegistryAuth auth{registry.address(), "puller", "correct-password", ""};
    CHECK(f.backend->ensure_image(f.ctx(), {reference, auth}).pulled);
    CHECK((wrong.what() + f.host.text()).find("-password") == std::string::npos);
    f.engine.curl("DELETE", "/images/" + reference);
}

TEST_CASE("an image goes when no container uses it, and never before") {
    BackendFixture f;
    const std::string first = f.engine.image("localhost/removable:1", {"LABEL removable=1"});
    const std::string second = "localhost/removable:2";
    const auto tag = [&] {
        return f.engine.curl("POST", "/images/" + first + "/tag?repo=localhost/removable&tag=2");
    };
    const auto is_there = [&](const std::string& image) {
        return f.engine.curl("GET", "/images/" + image + "/json").status == 200;
    };
    const auto remove = [&](const std::string& image) { f.backend->remove_image(f.ctx(), image); };
    REQUIRE(tag().status == 201);
    const ContainerSpec user = f.spec("user", first);
    f.backend->ensure_container(f.ctx(), user);
    // Created and never started is in use as well, and so is the same image by another name.
    for (const auto& image : {first, second}) {
        CHECK(error_of([&] { remove(image); }).code() == Code::conflict);
        CHECK(is_there(image));
    }
    CHECK(f.now(user.name).image == first);
    f.backend->start(f.ctx(), user.name);
    CHECK(error_of([&] { remove(second); }).code() == Code::conflict);
    f.backend->remove(f.ctx(), user.name);

    remove(second);
    CHECK_FALSE(is_there(second));
    CHECK(is_there(first));
    const std::string id = f.backend->ensure_image(f.ctx(), {first, {}}).id;
    remove(first);
    CHECK_FALSE(is_there(first));
    CHECK_FALSE(is_there(id));
    CHECK_NOTHROW(remove(first));
    CHECK(error_of([&] { remove(id); }).code() == Code::invalid);
    CHECK(error_of([&] { f.backend->ensure_container(f.ctx(), user); }).code() == Code::not_found);
}

TEST_CASE("an image is removed by the tag or the digest that it was pulled by") {
    BackendFixture f;
    const Registry registry(f.engine);
    // One that no container of another test has, nor another name.
    const std::string own = f.engine.image("localhost/pullable:1", {"LABEL pullable=1"});
    const std::string reference = registry.push(own);
    f.backend->remove_image(f.ctx(), own);
    f.backend->ensure_image(f.ctx(), {reference, {}});
    const std::string digest = f.engine.digest_of(reference);
    CHECK(error_of([&] { f.backend->remove_image(f.ctx(), digest); }).code() == Code::conflict);
    CHECK_FALSE(f.backend->ensure_image(f.ctx(), {reference, {}}).pulled);
    f.backend->remove_image(f.ctx(), reference);
    CHECK(f.backend->ensure_image(f.ctx(), {digest, {}}).pulled);
    f.backend->remove_image(f.ctx(), digest);
    CHECK_NOTHROW(f.backend->remove_image(f.ctx(), digest));
    CHECK(f.backend->ensure_image(f.ctx(), {digest, {}}).pulled);
    f.backend->remove_image(f.ctx(), digest);
}

TEST_CASE("a registry that is not there is unavailable") {
    BackendFixture f;
    const auto error = error_of([&] {
        f.backend->ensure_image(f.ctx(), {"127.0.0.1:1/app:1", {}});
    });
    CHECK(error.code() == Code::unavailable);
    CHECK(error.retryable());
}

TEST_CASE("a pull that does not move ends with the deadline and with a cancellation") {
    BackendFixture f;
    Registry registry(f.engine);
    registry.signal(SIGSTOP);
    const ImageRequest request{registry.address() + "/app:1", {}};
    const auto begin = steady_clock::now();
    const auto late = error_of(
        [&] { f.backend->ensure_image(BackendFixture::within(milliseconds(300)), request); });
    CHECK(late.code() == Code::timeout);
    CHECK(steady_clock::now() - begin < soon);

    const int cancel = ::eventfd(0, EFD_CLOEXEC);
    auto ctx = f.ctx();
    ctx.cancel_fd = cancel;
    const auto length = f.host.text().size();
    std::atomic<steady_clock::time_point> cancelled_at{};
    std::jthread canceller([&] {
        holds_within(seconds(10), [&] { return f.host.text().size() > length; });
        cancelled_at = steady_clock::now();
        ::eventfd_write(cancel, 1);
    });
    const auto error = error_of([&] { f.backend->ensure_image(ctx, request); });
    CHECK(error.code() == Code::cancelled);
    CHECK(steady_clock::now() - cancelled_at.load() < soon);
    registry.signal(SIGCONT);
    canceller.join();
    ::close(cancel);
}

}  // namespace
}  // namespace nexus::test
