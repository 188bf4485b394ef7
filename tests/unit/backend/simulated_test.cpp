// The simulated backend through the loader: what the contract in <nexus/backend.hpp> promises.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <nexus/unique_fd.hpp>
#include <thread>

#include "plugins.hpp"
#include "support/temp_dir.hpp"

namespace nexus {
namespace {

using namespace std::chrono_literals;
using test::error_of;
using test::Heard;
using test::soon;

ContainerSpec runtime_of(const std::string& tenant) {
    ContainerSpec spec;
    spec.name = "tenant_" + tenant + "_runtime";
    spec.image = "runtime:1";
    spec.labels = {{"io.nexus.tenant", tenant}, {"io.nexus.node", "n1"}};
    spec.volumes = {{"tenant_" + tenant + "_state", "/data/state"}};
    spec.network = "tenant_" + tenant + "_net";
    return spec;
}

ContainerState provision(Backend& backend, const std::string& tenant) {
    const auto spec = runtime_of(tenant);
    backend.ensure_image(soon(tenant), {spec.image, {}});
    backend.ensure_network(soon(tenant), {spec.network, "", {}});
    backend.ensure_volume(soon(tenant), {spec.volumes[0].volume, {}});
    const auto state = backend.ensure_container(soon(tenant), spec);
    backend.start(soon(tenant), spec.name);
    return state;
}

TEST_CASE("the simulated backend says who it is") {
    Heard heard;
    const auto info = test::simulated("{}", heard)->info(soon());
    CHECK(info.engine == "simulated");
    CHECK(info.cpus > 0);
    CHECK(info.memory_bytes > 0);
}

TEST_CASE("a simulated runtime is created, started, stopped and removed, each step twice") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    const std::string name = "tenant_acme_runtime";
    CHECK_FALSE(backend->inspect(soon(), name));
    const auto created = provision(*backend, "acme");
    CHECK(created.phase == Phase::created);
    CHECK(provision(*backend, "acme").id == created.id);
    auto state = backend->inspect(soon(), name).value();
    CHECK(state.phase == Phase::running);
    CHECK_FALSE(state.started_at.empty());
    backend->stop(soon(), name, 1s);
    backend->stop(soon(), name, 1s);
    state = backend->inspect(soon(), name).value();
    CHECK(state.phase == Phase::exited);
    CHECK_FALSE(state.finished_at.empty());
    backend->remove(soon(), name);
    backend->remove(soon(), name);
    CHECK_FALSE(backend->inspect(soon(), name));
    CHECK(backend->inspect_volume(soon(), "tenant_acme_state"));
    std::vector<std::string> actions;
    for (const auto& event : heard.events()) {
        CHECK(event.container == name);
        CHECK(event.tenant == "acme");
        actions.push_back(event.action);
    }
    CHECK(actions == std::vector<std::string>{"created", "started", "exited", "removed"});
}

TEST_CASE("simulated objects in use are kept, missing ones are said to be missing") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    const auto code = [](const auto& call) { return error_of(call).code(); };
    CHECK(code([&] { backend->ensure_container(soon(), runtime_of("acme")); }) == Code::not_found);
    backend->ensure_image(soon(), {"runtime:1", {}});
    const auto no_network =
        error_of([&] { backend->ensure_container(soon(), runtime_of("acme")); });
    CHECK(std::string(no_network.what()) == "there is no network tenant_acme_net");
    CHECK(code([&] { backend->start(soon(), "none"); }) == Code::not_found);
    CHECK(code([&] { backend->stop(soon(), "none", 1s); }) == Code::not_found);
    CHECK(code([&] { backend->logs(soon(), "none", 1, -1); }) == Code::not_found);
    CHECK(code([&] { backend->ensure_volume(soon(), {"", {}}); }) == Code::invalid);
    CHECK_NOTHROW(backend->remove_volume(soon(), "none"));
    CHECK_NOTHROW(backend->remove_network(soon(), "none"));

    provision(*backend, "acme");
    CHECK(code([&] { backend->remove_volume(soon(), "tenant_acme_state"); }) == Code::conflict);
    CHECK(code([&] { backend->remove_network(soon(), "tenant_acme_net"); }) == Code::conflict);
    CHECK(backend->inspect_volume(soon(), "tenant_acme_state"));
    backend->remove(soon(), "tenant_acme_runtime");
    backend->remove_volume(soon(), "tenant_acme_state");
    backend->remove_network(soon(), "tenant_acme_net");
    CHECK_FALSE(backend->inspect_volume(soon(), "tenant_acme_state"));
}

TEST_CASE("what exists is returned as it is") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    backend->ensure_volume(soon(), {"v", {{"first", "yes"}}});
    CHECK(backend->ensure_volume(soon(), {"v", {{"first", "no"}}}).labels ==
          Labels{{"first", "yes"}});
    CHECK(backend->ensure_image(soon(), {"runtime:1", {}}).pulled);
    CHECK_FALSE(backend->ensure_image(soon(), {"runtime:1", {}}).pulled);
    const auto network = backend->ensure_network(soon(), {"n", "10.1.0.0/28", {}});
    CHECK(backend->ensure_network(soon(), {"n", "10.2.0.0/28", {}}).subnet == "10.1.0.0/28");
    CHECK(backend->ensure_network(soon(), {"n", "", {}}).id == network.id);
}

TEST_CASE("a simulated image goes when no container uses it") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    CHECK_NOTHROW(backend->remove_image(soon(), "runtime:1"));
    provision(*backend, "acme");
    CHECK(error_of([&] { backend->remove_image(soon(), "runtime:1"); }).code() == Code::conflict);
    CHECK_FALSE(backend->ensure_image(soon(), {"runtime:1", {}}).pulled);
    backend->remove(soon(), "tenant_acme_runtime");
    backend->remove_image(soon(), "runtime:1");
    CHECK_NOTHROW(backend->remove_image(soon(), "runtime:1"));
    CHECK(backend->ensure_image(soon(), {"runtime:1", {}}).pulled);
}

TEST_CASE("a simulated listing matches labels whole") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    for (const auto* tenant : {"a", "a_b", "ab"})
        provision(*backend, tenant);
    CHECK(backend->list(soon(), {}).size() == 3);
    CHECK(backend->list(soon(), {{"io.nexus.tenant", ""}}).size() == 3);
    CHECK(backend->list(soon(), {{"io.nexus.tenant", ""}, {"io.nexus.node", "n2"}}).empty());
    CHECK(backend->list(soon(), {{"other", ""}}).empty());
    const auto found = backend->list(soon(), {{"io.nexus.tenant", "a"}, {"io.nexus.node", "n1"}});
    REQUIRE(found.size() == 1);
    CHECK(found[0].name == "tenant_a_runtime");
}

TEST_CASE("simulated networks never overlap") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    const auto attempt = [&](const std::string& name, const std::string& subnet) {
        try {
            backend->ensure_network(soon(), {name, subnet, {}});
            return Code::ok;
        } catch (const BackendError& error) {
            return error.code();
        }
    };
    CHECK(attempt("a", "10.231.0.16/28") == Code::ok);
    CHECK(attempt("b", "10.231.0.0/28") == Code::ok);
    CHECK(attempt("c", "10.231.0.32/28") == Code::ok);
    for (const auto* subnet : {"10.231.0.16/28", "10.231.0.0/24", "10.231.0.20/30", "10.0.0.0/8"}) {
        CHECK(attempt("d", subnet) == Code::conflict);
    }
    for (const auto* subnet : {"10.231.0.0", "10.231.0.0/", "10.231.0.0/33", "10.231.0.0/0",
                               "300.1.1.0/24", "fd00::/64", "10.0.0.0/2x", "/24"}) {
        CHECK(attempt("d", subnet) == Code::invalid);
    }
    backend->remove_network(soon(), "a");
    CHECK(attempt("d", "10.231.0.16/28") == Code::ok);
    const auto one = backend->ensure_network(soon(), {"e", "", {}}).subnet;
    CHECK(one == "172.16.0.0/24");
    CHECK(backend->ensure_network(soon(), {"f", "", {}}).subnet == "172.16.1.0/24");
}

TEST_CASE("simulated logs are the last lines, oldest first") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    provision(*backend, "acme");
    const std::string name = "tenant_acme_runtime";
    backend->stop(soon(), name, 1s);
    const test::TempDir folder;
    const auto logs = [&](std::int64_t tail) {
        const UniqueFd file(
            ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        backend->logs(soon(), name, tail, file.get());
        return test::read_file(folder / "log");
    };
    const std::string all = logs(10);
    CHECK(all.find(" started\n") < all.find(" stopped\n"));
    CHECK(logs(1).find("started") == std::string::npos);
    CHECK(logs(1).find(" stopped\n") != std::string::npos);
    CHECK(logs(0).empty());
    CHECK(logs(-5).empty());
    const auto failure = error_of([&] { backend->logs(soon(), name, 1, -1); });
    CHECK(failure.code() == Code::internal);
}

TEST_CASE("a simulated container is paused, renamed and asked what it uses") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    provision(*backend, "acme");
    const std::string name = "tenant_acme_runtime";
    const auto code = [](const auto& call) { return error_of(call).code(); };
    CHECK(backend->stats(soon(), name).pids == 1);
    backend->pause(soon(), name);
    CHECK(backend->inspect(soon(), name).value().phase == Phase::paused);
    CHECK(backend->stats(soon(), name).pids == 0);
    CHECK(code([&] { backend->start(soon(), name); }) == Code::conflict);
    backend->unpause(soon(), name);
    backend->rename(soon(), name, "other");
    CHECK(backend->inspect(soon(), "other").value().phase == Phase::running);
    CHECK_FALSE(backend->inspect(soon(), name));
    provision(*backend, "acme");
    CHECK(code([&] { backend->rename(soon(), name, "other"); }) == Code::exists);
    CHECK(code([&] { backend->rename(soon(), name, "a/b"); }) == Code::invalid);
    CHECK(code([&] { backend->pause(soon(), "ghost"); }) == Code::not_found);
    CHECK(code([&] { backend->stats(soon(), "ghost"); }) == Code::not_found);
}

TEST_CASE("what was imported into a simulated volume outlives the process with its state_file") {
    const test::TempDir folder;
    const std::string config = R"({"state_file":")" + (folder / "state") + "\"}";
    Heard heard;
    const std::string tar = test::one_file_tar();
    test::write_file(folder / "in", tar);
    const UniqueFd in(::open((folder / "in").c_str(), O_RDONLY | O_CLOEXEC));
    {
        const auto backend = test::simulated(config, heard);
        backend->ensure_volume(soon(), {"v", {}});
        const auto copy = backend->import_volume(soon(), "v", in.get());
        CHECK(copy.entries == 1);
        CHECK(copy.bytes == 5);
    }
    const auto backend = test::simulated(config, heard);
    const UniqueFd out(::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    CHECK(backend->export_volume(soon(), "v", out.get()).bytes == 5);
    CHECK(test::read_file(folder / "out") == tar);
    backend->remove_volume(soon(), "v");
    backend->ensure_volume(soon(), {"v", {}});
    CHECK(backend->export_volume(soon(), "v", out.get()).entries == 0);
}

TEST_CASE("two simulated volumes exchange what is in them, and nothing else") {
    const test::TempDir folder;
    std::string config = "{}";
    SUBCASE("in memory") {}
    SUBCASE("with a state_file") {
        config = R"({"state_file":")" + (folder / "state") + "\"}";
    }
    Heard heard;
    const auto backend = test::simulated(config, heard);
    const std::string tar = test::one_file_tar();
    test::write_file(folder / "in", tar);
    const UniqueFd in(::open((folder / "in").c_str(), O_RDONLY | O_CLOEXEC));
    provision(*backend, "acme");
    const std::string used = "tenant_acme_state";
    backend->ensure_volume(soon(), {"other", {{"of", "other"}}});
    backend->import_volume(soon(), "other", in.get());
    const auto entries = [&](const std::string& volume) {
        const UniqueFd out(::open((folder / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        return backend->export_volume(soon(), volume, out.get()).entries;
    };
    const auto swap = [&](const std::string& second) {
        return [&backend, &used, second] { backend->swap_volumes(soon(), used, second); };
    };
    CHECK(error_of(swap("none")).code() == Code::not_found);
    CHECK(error_of(swap(used)).code() == Code::invalid);
    backend->start(soon(), "tenant_acme_runtime");
    CHECK(error_of(swap("other")).code() == Code::conflict);
    backend->pause(soon(), "tenant_acme_runtime");
    CHECK(error_of(swap("other")).code() == Code::conflict);
    CHECK(entries("other") == 1);
    backend->stop(soon(), "tenant_acme_runtime", 1s);
    swap("other")();
    CHECK(entries(used) == 1);
    CHECK(entries("other") == 0);
    CHECK(backend->inspect_volume(soon(), "other")->labels == Labels{{"of", "other"}});
    swap("other")();
    CHECK(entries(used) == 0);
    CHECK(entries("other") == 1);
}

TEST_CASE("many threads may use one simulated backend") {
    Heard heard;
    const auto backend = test::simulated("{}", heard);
    std::vector<std::thread> threads;
    for (int i = 0; i < 32; ++i) {
        threads.emplace_back([&backend, i] {
            const std::string tenant = "t" + std::to_string(i);
            for (int n = 0; n < 10; ++n) {
                provision(*backend, tenant);
                backend->stop(soon(tenant), "tenant_" + tenant + "_runtime", 1s);
                backend->remove(soon(tenant), "tenant_" + tenant + "_runtime");
            }
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(backend->list(soon(), {}).empty());
    CHECK(heard.events().size() == 32U * 10U * 4U);
}

}  // namespace
}  // namespace nexus
