#include "tenants/reconciler.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "unit/tenants/keeper.hpp"

namespace nexus::tenants {

using std::chrono::hours;
using std::chrono::seconds;

TEST_CASE_FIXTURE(Keeper, "A quiet comparison is one listing, and changes nothing") {
    provision();
    backend.calls.clear();
    cycle();
    cycle(hours(1));
    CHECK(backend.calls == std::vector<std::string>{"list", "list"});
    CHECK(turns.empty());
    CHECK(heard.empty());
    CHECK_FALSE(reconciler.problem());
}

TEST_CASE_FIXTURE(Keeper,
                  "A runtime that was removed, or stopped, behind our back is there again") {
    provision();
    const auto volumes = backend.volumes.size();
    SUBCASE("removed") {
        backend.containers.clear();
    }
    SUBCASE("stopped") {
        crash();
    }
    SUBCASE("never started") {
        runtime().phase = Phase::created;
    }
    SUBCASE("its network is gone too") {
        backend.containers.clear();
        backend.networks.clear();
    }
    cycle();
    CHECK(runtime().phase == Phase::running);
    CHECK(backend.networks.size() == 1);
    CHECK(backend.volumes.size() == volumes);
    CHECK(book.all().at(acme).restarts == 1);
    backend.calls.clear();
    cycle();
    CHECK(backend.calls == std::vector<std::string>{"list"});
}

TEST_CASE_FIXTURE(Keeper, "A runtime that should be stopped is stopped") {
    provision();
    stop();
    backend.start({}, runtime_name(acme));
    cycle();
    CHECK(runtime().phase == Phase::exited);
    backend.containers.clear();
    cycle();
    CHECK(backend.containers.empty());
}

TEST_CASE_FIXTURE(Keeper, "A changed spec is applied, and the volumes stay") {
    provision();
    auto record = *store.load(acme);
    record.limits.pids = 77;
    store.save(record);
    cycle();
    CHECK(backend.specs.at(runtime_name(acme)).pids == 77);
    CHECK(runtime().phase == Phase::running);
    CHECK(count("remove_volume") == 0);
}

TEST_CASE_FIXTURE(Keeper, "A deletion that was left half done is finished, as its job said") {
    provision();
    auto record = *store.load(acme);
    record.desired = Desired::deleted;
    SUBCASE("with its volumes") {
        record.keep_volumes = false;
    }
    SUBCASE("without") {
        record.keep_volumes = true;
    }
    store.save(record);
    cycle();
    CHECK(backend.containers.empty());
    CHECK(backend.networks.empty());
    CHECK(backend.volumes.size() == (record.keep_volumes ? 2 : 0));
    CHECK(store.list().empty());
}

TEST_CASE_FIXTURE(Keeper, "A tenant is left to its job, and to what undoes its restore") {
    provision();
    for (auto* const others : {&busy, &unsettled}) {
        backend.containers.clear();
        others->insert(acme);
        cycle();
        CHECK(backend.containers.empty());
        others->clear();
        cycle();
        CHECK(runtime().phase == Phase::running);
    }
    CHECK(heard.empty());
}

TEST_CASE_FIXTURE(Keeper, "A lost volume is told of, and no empty one takes its place") {
    provision();
    backend.containers.clear();
    backend.volumes.erase(state_volume(acme));
    cycle();
    CHECK(backend.containers.empty());
    CHECK(backend.volumes.size() == 1);
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].payload.find("\"state\":\"error\"") != std::string::npos);
    CHECK(book.all().at(acme).last_error.find(state_volume(acme)) != std::string::npos);
    provision();
    CHECK(backend.volumes.size() == 2);
}

TEST_CASE_FIXTURE(Keeper, "An engine that is away changes nothing, and its return is noticed") {
    provision();
    backend.before = [](const std::string&) {
        throw BackendError(Code::unavailable, "no answer", true);
    };
    cycle();
    CHECK(turns.empty());
    backend.before = [](const std::string&) {};
    crash();
    cycle();
    CHECK(runtime().phase == Phase::running);
}

TEST_CASE_FIXTURE(Keeper, "A machine that comes up again with everything stopped gets all back") {
    for (const auto& tenant : provision_many(12)) {
        acme = tenant;
        crash(hours(5));
    }
    cycle();
    CHECK(running() == 12);
    CHECK_FALSE(reconciler.problem());
}

TEST_CASE_FIXTURE(Keeper,
                  "An empty TENANT_ROOT stops nothing for an hour of cycles, and is told of") {
    settings.tenant_isolation = config::Isolation::shared;  // the pool of these tests is small
    const auto tenants = provision_many(50);
    cycle();
    const auto aside = folder.path() / "aside";
    for (const auto& tenant : tenants) {
        std::filesystem::create_directories(aside);
        std::filesystem::rename(folder.path() / tenant.text(), aside / tenant.text());
    }
    backend.calls.clear();
    for (auto passed = seconds(0); passed < hours(1); passed += seconds(30))
        cycle(seconds(30));
    CHECK(running() == 50);
    CHECK(count("list") == 120);
    CHECK(backend.calls.size() == 120);
    REQUIRE(reconciler.problem());
    CHECK(reconciler.problem()->find("50 of 50") != std::string::npos);
    CHECK(reconciler.problem()->find("mounted") != std::string::npos);
    for (const auto& tenant : tenants)
        std::filesystem::rename(aside / tenant.text(), folder.path() / tenant.text());
    cycle();
    CHECK_FALSE(reconciler.problem());
    CHECK(backend.calls.size() == 121);
}

TEST_CASE_FIXTURE(Keeper, "A change of most tenants at once waits for a word of the operator") {
    provision_many(12);
    settings.runtime_read_only = true;
    Roster restarted(store, settings);
    Reconciler careful = make_reconciler(restarted, false);
    careful.cycle(cancel.fd());
    CHECK(turns.empty());
    CHECK(careful.is_unsure());
    CHECK_FALSE(careful.problem());
    careful.cycle(cancel.fd());
    CHECK(turns.empty());
    CHECK_FALSE(careful.is_unsure());
    REQUIRE(careful.problem());
    CHECK(careful.problem()->find("12 of 12") != std::string::npos);
    CHECK(careful.problem()->find("--accept-mass-change") != std::string::npos);
    SUBCASE("what only adds is still done") {
        backend.containers.erase(runtime_name(acme));
        careful.cycle(cancel.fd());
        CHECK(running() == 12);
        CHECK(turns.size() == 1);
    }
    SUBCASE("and is done once it was given") {
        Reconciler accepting = make_reconciler(restarted, true);
        accepting.cycle(cancel.fd());
        CHECK(turns.size() == 12);
        CHECK_FALSE(accepting.problem());
        CHECK(running() == 12);
    }
}

TEST_CASE_FIXTURE(Keeper, "Jobs that stop most tenants at once are no mass change") {
    for (const auto& tenant : provision_many(12)) {
        auto record = *store.load(tenant);
        record.desired = Desired::stopped;
        store.save(record);
        busy.insert(tenant);
    }
    cycle();
    CHECK_FALSE(reconciler.is_unsure());
    busy.clear();  // they ended after the engine was asked
    cycle();
    CHECK(turns.empty());
    CHECK_FALSE(reconciler.problem());
    for (auto& [name, state] : backend.containers)
        state.phase = Phase::exited;
    cycle();
    CHECK_FALSE(reconciler.is_unsure());
    CHECK_FALSE(reconciler.problem());
}

TEST_CASE_FIXTURE(Keeper,
                  "A tenant of another node is not started here, and is again once it is back") {
    provision();
    crash();
    SUBCASE("the node runs") {
        away[acme] = Place::runs_elsewhere;
    }
    SUBCASE("the node is down") {
        away[acme] = Place::elsewhere;
    }
    cycle();
    CHECK(running() == 0);
    CHECK(heard.empty());
    CHECK(book.all().count(acme) == 0);
    away.clear();
    cycle();
    CHECK(running() == 1);
}

TEST_CASE_FIXTURE(Keeper, "Runtimes whose tenants another node runs are stopped, however many") {
    const auto tenants = provision_many(12);
    const auto volumes = backend.volumes.size();
    for (const auto& tenant : tenants)
        away[tenant] = Place::elsewhere;
    cycle();
    CHECK(running() == 12);
    for (auto& each : away)
        each.second = Place::runs_elsewhere;
    SUBCASE("as they are") {}
    SUBCASE("without a label, as an older deployment made them") {
        for (auto& [name, state] : backend.containers)
            state.labels.clear();
    }
    SUBCASE("with records that cannot be read") {
        for (const auto& tenant : tenants)
            std::ofstream(settings.tenant_root + "/" + tenant.text() + "/tenant.json") << "{";
    }
    cycle();
    CHECK(running() == 0);
    CHECK_FALSE(reconciler.problem());
    CHECK(heard.empty());
    CHECK(backend.volumes.size() == volumes);
    CHECK(backend.containers.size() == 12);
    backend.calls.clear();
    cycle();
    CHECK(std::none_of(backend.calls.begin(), backend.calls.end(),
                       [](const auto& call) { return call.starts_with("stop"); }));
}

TEST_CASE_FIXTURE(Keeper, "A few tenants may change at once, also where they are all") {
    provision_many(5);
    settings.runtime_read_only = true;
    Roster restarted(store, settings);
    make_reconciler(restarted, false).cycle(cancel.fd());
    CHECK(turns.size() == 5);
}

TEST_CASE_FIXTURE(Keeper,
                  "A tenant whose record is damaged is left alone, and the others are not") {
    provision_many(2);
    std::ofstream(folder.path() / "tenant-0" / "tenant.json") << "{";
    backend.containers.erase(runtime_name(*TenantId::parse("tenant-1")));
    cycle();
    CHECK(running() == 2);
    CHECK_FALSE(book.all().at(*TenantId::parse("tenant-0")).last_error.empty());
    CHECK_FALSE(reconciler.images_in_use());
}

TEST_CASE_FIXTURE(Keeper, "A container of our name with another tenant's label is never touched") {
    provision();
    runtime().labels[tenant_label] = "other";
    runtime().phase = Phase::exited;
    cycle();
    CHECK(runtime().phase == Phase::exited);
    CHECK(book.all().at(acme).last_error.find("belongs to tenant other") != std::string::npos);
}

}  // namespace nexus::tenants
