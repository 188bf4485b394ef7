#include <filesystem>
#include <fstream>

#include "unit/tenants/keeper.hpp"

namespace nexus::tenants {
namespace {

// What an older deployment left: a folder, volumes and a container of our names, and no label.
struct OldTenant : Keeper {
    OldTenant() {
        std::filesystem::create_directories(folder.path() / "acme" / "env");
        std::filesystem::create_directories(folder.path() / "acme" / "config");
        std::ofstream(folder.path() / "acme" / "env" / "runtime.env") << "TOKEN=t1\n";
        for (const auto& volume : {session_volume(acme), state_volume(acme)})
            backend.volumes[volume] = {volume, "", {}};
    }
    void add_runtime(Phase phase) {
        auto& state = backend.containers[runtime_name(acme)];
        state.name = runtime_name(acme);
        state.image = "ghcr.io/acme/nexus:0.9";
        state.phase = phase;
    }
};

}  // namespace

TEST_CASE_FIXTURE(OldTenant, "A tenant of an older deployment is adopted as the engine has it") {
    add_runtime(Phase::running);
    cycle();
    const auto record = store.load(acme);
    REQUIRE(record);
    CHECK(record->image == "ghcr.io/acme/nexus:0.9");
    CHECK(record->desired == Desired::running);
    CHECK(record->generation == 1);
    backend.calls.clear();
    cycle();
    cycle();
    CHECK(backend.calls == std::vector<std::string>{"list", "inspect", "list", "inspect"});
    CHECK(book.all().at(acme).observed == "running");
    runtime().phase = Phase::exited;
    cycle();
    CHECK(runtime().phase == Phase::running);
    CHECK(runtime().labels.empty());
}

TEST_CASE_FIXTURE(OldTenant, "A volume that an adopted tenant had is missed where it is gone") {
    add_runtime(Phase::exited);
    bool made = true;
    SUBCASE("it had both") {}
    SUBCASE("it never had one") {
        backend.volumes.erase(state_volume(acme));
        made = false;
    }
    cycle();
    CHECK(store.load(acme)->volumes_made == made);
}

TEST_CASE_FIXTURE(OldTenant, "The next job that starts it gives it a container of ours") {
    add_runtime(Phase::running);
    cycle();
    restart();
    CHECK(runtime().labels.at(tenant_label) == "acme");
    CHECK(backend.specs.at(runtime_name(acme)).env.at("TOKEN") == "t1");
    CHECK(backend.specs.at(runtime_name(acme)).network == network_name(acme));
    CHECK(runtime().image == "ghcr.io/acme/nexus:0.9");
    CHECK(count("remove_volume") == 0);
}

TEST_CASE_FIXTURE(OldTenant, "Whatever makes its container anew puts it on a network of its own") {
    add_runtime(Phase::running);
    cycle();
    SUBCASE("the reconciler, where it was removed behind our back") {
        backend.containers.clear();
        cycle();
    }
    SUBCASE("a changed configuration") {
        ApplyConfigRequest request;
        request.env = Environment{{"TOKEN", "t2"}};
        apply_config(request);
    }
    CHECK(running() == 1);
    CHECK(backend.specs.at(runtime_name(acme)).network == network_name(acme));
    CHECK(backend.networks.count(network_name(acme)) == 1);
}

TEST_CASE_FIXTURE(OldTenant, "One that was stopped, or has no container, stays stopped") {
    SUBCASE("stopped") {
        add_runtime(Phase::exited);
    }
    SUBCASE("no container") {}
    const auto before = backend.containers.size();
    cycle();
    cycle();
    CHECK(store.load(acme)->desired == Desired::stopped);
    CHECK(backend.containers.size() == before);
    CHECK(running() == 0);
    start();
    CHECK(running() == 1);
}

TEST_CASE_FIXTURE(OldTenant, "A folder without env and config is no tenant, and is left alone") {
    std::filesystem::remove_all(folder.path() / "acme" / "config");
    cycle();
    CHECK_FALSE(store.load(acme));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "acme" / "config"));
}

}  // namespace nexus::tenants
