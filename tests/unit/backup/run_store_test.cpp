#include "backup/run_store.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "base/failure.hpp"
#include "base/json.hpp"
#include "run_fixture.hpp"
#include "support/temp_dir.hpp"

using namespace nexus;
using namespace nexus::backup;
using test::make_run;
using test::tenant;

namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::string>;

constexpr const char* first = "20261124T021500.000Z";
constexpr const char* second = "20261125T021500.000Z";
constexpr const char* third = "20261126T021500.000Z";

struct House {
    const test::TempDir temp;
    const BackupDir dir{temp / "backup"};
    const RunStore runs{dir};

    std::string path(const std::string& id, const std::string& file = "") const {
        return temp / ("backup/runs/" + id + (file.empty() ? "" : "/" + file));
    }
    void damage(const std::string& id, const std::string& file = "run.json") const {
        test::write_file(path(id, file), "{\"format\":1");
    }
};

Failure failure_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        return failure;
    }
    FAIL("nothing was thrown");
    throw std::logic_error("not reached");
}

bool says(const Failure& failure, const std::string& text) {
    return std::string(failure.what()).find(text) != std::string::npos;
}

fs::perms mode_of(const std::string& path) {
    return fs::status(path).permissions();
}

}  // namespace

TEST_CASE("a run does not exist until it is published, and then survives") {
    const House house;
    const auto id = house.runs.begin();
    CHECK(is_run_id(id));
    CHECK(house.runs.list().empty());
    CHECK(house.runs.unpublished() == Ids{id});
    CHECK_FALSE(house.runs.load(id));
    house.runs.publish(make_run(id));
    CHECK(house.runs.list() == Ids{id});
    CHECK(house.runs.unpublished().empty());
    CHECK(to_json(house.runs.load(id).value()) == to_json(make_run(id)));
    CHECK(mode_of(house.path(id)) == fs::perms::owner_all);
    CHECK(mode_of(house.path(id, "run.json")) == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a run that nobody could read again is not published") {
    const House house;
    auto run = make_run(house.runs.begin());
    run.tenants.push_back(test::make_tenant("aaa"));  // not in its order
    const auto failure = failure_of([&] { house.runs.publish(run); });
    CHECK(failure.code() == ErrorCode::internal);
    CHECK(says(failure, "/tenants/1/tenant"));
    CHECK(house.runs.list().empty());
}

TEST_CASE("an abandoned run leaves nothing, and to abandon it again is no error") {
    const House house;
    const auto id = house.runs.begin();
    fs::create_directories(house.path(id, "a/b"));
    house.runs.abandon(id);
    house.runs.abandon(id);
    CHECK(fs::is_empty(house.temp / "backup/runs"));
    house.runs.publish(make_run(id));
    house.runs.abandon(id);
    CHECK(fs::is_empty(house.temp / "backup/runs"));
    test::write_file(house.path(id), "no folder");
    house.runs.abandon(id);
    CHECK(fs::is_empty(house.temp / "backup/runs"));
}

TEST_CASE("runs that begin at once have ids of their own") {
    const House house;
    constexpr int threads = 4;
    constexpr int each = 25;
    std::vector<Ids> given(threads);
    {
        std::vector<std::jthread> all;
        for (auto& ids : given) {
            all.emplace_back([&house, &ids] {
                for (int i = 0; i < each; ++i)
                    ids.push_back(house.runs.begin());
            });
        }
    }
    std::set<std::string> different;
    for (const auto& ids : given) {
        CHECK(std::is_sorted(ids.begin(), ids.end()));
        different.insert(ids.begin(), ids.end());
    }
    CHECK(different.size() == threads * each);
}

TEST_CASE("a run is newer than all that are there, also where the clock was set back") {
    const House house;
    house.runs.publish(make_run("29991231T235959.999Z"));
    CHECK(house.runs.begin() == "30000101T000000.000Z");
    CHECK(house.runs.begin() == "30000101T000000.001Z");
    house.runs.abandon("30000101T000000.001Z");
    house.runs.abandon("30000101T000000.000Z");
    house.runs.abandon("29991231T235959.999Z");
    const auto now = parse_timestamp(format_timestamp(wall_now())).value();
    auto stamp = format_timestamp(now);
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    CHECK(house.runs.begin() >= stamp);
}

TEST_CASE("what is no run in the folder of runs is passed over") {
    const House house;
    house.runs.publish(make_run(second));
    house.runs.publish(make_run(first));
    fs::create_directory(house.path("lost+found"));
    fs::create_directory(house.path(".20261126T021500.000Z.tmp"));
    test::write_file(house.path("notes.txt"), "x");
    test::write_file(house.path(third), "a file");
    CHECK(house.runs.list() == Ids{first, second});
    CHECK(house.runs.unpublished() == Ids{third});
    CHECK_FALSE(house.runs.load("../runs"));
    CHECK_FALSE(house.runs.load("lost+found"));
    CHECK_FALSE(house.runs.load("20200101T000000.000Z"));
}

TEST_CASE("a run.json that cannot be read says so, and how to go on") {
    const House house;
    house.runs.publish(make_run(first));
    const auto check_corrupt = [&](const std::string& problem) {
        const auto failure = failure_of([&] { house.runs.load(first); });
        CHECK(failure.code() == ErrorCode::snapshot_corrupt);
        CHECK(says(failure, house.path(first, "run.json")));
        CHECK(says(failure, problem));
        CHECK(says(failure, "mend it from a copy"));
    };
    house.damage(first);
    check_corrupt("not valid JSON");
    test::write_file(house.path(first, "run.json"), to_json(make_run(second)));
    check_corrupt("/snapshot");
    fs::remove(house.path(first, "run.json"));
    fs::create_symlink("/etc/passwd", house.path(first, "run.json"));
    check_corrupt("symbolic links");
    fs::remove(house.path(first, "run.json"));
    fs::create_directory(house.path(first, "run.json"));
    check_corrupt("not a plain file");
    CHECK(house.runs.list() == Ids{first});
}

TEST_CASE("the latest backup of a tenant is the newest run that has all of it") {
    const House house;
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
    const House house;
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
    const House house;
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
    const House house;
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
    const House house;
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

TEST_CASE("a verification is noted beside its run, the last one alone") {
    const House house;
    house.runs.publish(make_run(first));
    CHECK_FALSE(house.runs.verification(first));
    const Verification bad{wall_now(), false, "verify", {"acme state: the blob is missing"}};
    house.runs.note(first, bad);
    CHECK(to_json(house.runs.verification(first).value()) == to_json(bad));
    const Verification good{wall_now(), true, "drill", {}};
    house.runs.note(first, good);
    CHECK(house.runs.verification(first)->ok);
    CHECK(mode_of(house.path(first, "verified.json")) ==
          (fs::perms::owner_read | fs::perms::owner_write));
    house.damage(first, "verified.json");
    const auto failure = failure_of([&] { house.runs.verification(first); });
    CHECK(failure.code() == ErrorCode::snapshot_corrupt);
    CHECK(says(failure, std::string("nexus-runner verify ") + first + " writes it anew"));
    CHECK(failure_of([&] { house.runs.note(second, good); }).code() ==
          ErrorCode::snapshot_not_found);
    CHECK(house.runs.list() == Ids{first});
}
