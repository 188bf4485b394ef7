#include <doctest/doctest.h>

#include "run_house.hpp"

using namespace nexus;
using namespace nexus::backup;
using test::failure_of;
using test::make_run;
using test::tenant;

TEST_CASE("the latest backup of a tenant is the newest run that has all of it") {
    const RunHouse house;
    const auto acme = tenant("acme");
    house.runs.publish(make_run(first));
    auto torn = make_run(second);
    torn.tenants[0].parts[0].status = PartStatus::torn;
    house.runs.publish(torn);
    auto failed = make_run(third);
    failed.tenants[0].parts[2] = test::make_failed_part(PartName::state);
    failed.tenants.push_back(test::make_tenant("beta"));
    house.runs.publish(failed);
    CHECK(house.runs.find(acme, "latest").id == second);
    CHECK(house.runs.find(tenant("beta"), "latest").id == third);
    CHECK(house.runs.find(acme, first).id == first);
}

TEST_CASE("a snapshot that is not there is refused with those that are") {
    const RunHouse house;
    const auto acme = tenant("acme");
    const auto refused = [&](const TenantId& who, const std::string& snapshot) {
        const auto failure = failure_of([&] { house.runs.find(who, snapshot); });
        CHECK(failure.code() == ErrorCode::snapshot_not_found);
        return std::string(failure.what());
    };
    CHECK(refused(acme, "latest") == "there is no backup of acme; no run holds one");
    house.runs.publish(make_run(first));
    house.runs.publish(make_run(second));
    auto failed = make_run(third);
    failed.tenants[0].parts[2] = test::make_failed_part(PartName::state);
    house.runs.publish(failed);
    const std::string choices = std::string("; it can be restored from ") + second + ", " + first;
    CHECK(refused(acme, "20200101T000000.000Z") ==
          "there is no run 20200101T000000.000Z" + choices);
    CHECK(refused(acme, third) ==
          std::string("run ") + third +
              " does not hold all of acme; state failed: the volume nexus_acme_state is missing" +
              choices);
    CHECK(refused(acme, "../../etc").find("must be the id of a run") != std::string::npos);
    CHECK(refused(acme, "").find("must be the id of a run") != std::string::npos);
    CHECK(refused(tenant("beta"), second) ==
          std::string("run ") + second + " holds nothing of beta; no run holds one");
}

TEST_CASE("an older backup is not taken for the latest where a newer one cannot be read") {
    const RunHouse house;
    const auto acme = tenant("acme");
    house.runs.publish(make_run(first));
    house.runs.publish(make_run(second));
    house.damage(second);
    const auto failure = failure_of([&] { house.runs.find(acme, "latest"); });
    CHECK(failure.code() == ErrorCode::snapshot_corrupt);
    CHECK(says(failure, house.path(second, "run.json")));
    CHECK(says(failure, std::string("it can be restored from ") + first));
    CHECK(house.runs.find(acme, first).id == first);
    CHECK(failure_of([&] { house.runs.find(acme, second); }).code() == ErrorCode::snapshot_corrupt);
    CHECK(house.runs.newest(acme).has_value());
    house.runs.publish(make_run(third));
    CHECK(house.runs.find(acme, "latest").id == third);
}

TEST_CASE("what did not change is looked for in the newest run that has the tenant") {
    const RunHouse house;
    const auto of = [](Run run, const std::string& scope, std::int64_t pause_ms) {
        run.scope = scope;
        for (auto& backup : run.tenants)
            backup.pause_ms = pause_ms;
        return run;
    };
    CHECK_FALSE(house.runs.newest(tenant("acme")));
    CHECK(house.runs.newest().empty());
    house.runs.publish(of(make_run("20261123T021500.000Z"), "", 1));
    auto whole = make_run(first);
    whole.tenants.push_back(test::make_tenant("beta"));
    whole.tenants.push_back(test::make_tenant("gamma"));
    house.runs.publish(of(whole, "", 2));
    house.runs.publish(of(make_run(second), "acme", 3));
    auto other = make_run(third);
    other.tenants = {test::make_tenant("beta")};
    house.runs.publish(of(other, "beta", 4));
    CHECK(house.runs.newest(tenant("acme"))->pause_ms == 3);
    CHECK(house.runs.newest(tenant("beta"))->pause_ms == 4);
    CHECK(house.runs.newest(tenant("gamma"))->pause_ms == 2);
    CHECK_FALSE(house.runs.newest(tenant("delta")));
    const auto all = house.runs.newest();
    CHECK(all.size() == 3);
    CHECK(all.at(tenant("acme")).pause_ms == 3);
    CHECK(all.at(tenant("beta")).pause_ms == 4);
    CHECK(all.at(tenant("gamma")).pause_ms == 2);
    house.damage(third);
    CHECK(house.runs.newest(tenant("beta"))->pause_ms == 2);
    CHECK(house.runs.newest().at(tenant("beta")).pause_ms == 2);
}

TEST_CASE(
    "of a part that failed since, the run before is known, and of one that only failed none") {
    const RunHouse house;
    house.runs.publish(make_run(first));
    for (const char* id : {second, third}) {
        auto run = make_run(id);
        run.tenants.push_back(test::make_tenant("beta"));
        for (auto& backup : run.tenants)
            backup.parts.back() = test::make_failed_part(PartName::state);
        house.runs.publish(run);
    }
    const auto all = house.runs.newest();
    for (const auto& known : {all.at(tenant("acme")), *house.runs.newest(tenant("acme"))}) {
        REQUIRE(known.find(PartName::state) != nullptr);
        CHECK(known.find(PartName::state)->status == PartStatus::ok);
        CHECK(known.parts.size() == 3);
    }
    for (const auto& known : {all.at(tenant("beta")), *house.runs.newest(tenant("beta"))}) {
        CHECK(known.find(PartName::state) == nullptr);
        CHECK(known.find(PartName::session) != nullptr);
    }
}
