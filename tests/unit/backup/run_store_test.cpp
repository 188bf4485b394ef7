#include "backup/run_store.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <set>
#include <thread>

#include "base/json.hpp"
#include "run_house.hpp"

using namespace nexus;
using namespace nexus::backup;
using test::failure_of;
using test::make_run;
using test::tenant;

namespace {

namespace fs = std::filesystem;
using Ids = std::vector<std::string>;

fs::perms mode_of(const std::string& path) {
    return fs::status(path).permissions();
}

}  // namespace

TEST_CASE("a run does not exist until it is published, and then survives") {
    const RunHouse house;
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
    const RunHouse house;
    auto run = make_run(house.runs.begin());
    run.tenants.push_back(test::make_tenant("aaa"));  // not in its order
    const auto failure = failure_of([&] { house.runs.publish(run); });
    CHECK(failure.code() == ErrorCode::internal);
    CHECK(says(failure, "/tenants/1/tenant"));
    CHECK(house.runs.list().empty());
}

TEST_CASE("an abandoned run leaves nothing, and to abandon it again is no error") {
    const RunHouse house;
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
    const RunHouse house;
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
    const RunHouse house;
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
    const RunHouse house;
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
    const RunHouse house;
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

TEST_CASE("a verification is noted beside its run, the last one alone") {
    const RunHouse house;
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
