#include "backup/verification.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "backup/run_store.hpp"
#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "unit/backup/blob_fixture.hpp"
#include "unit/backup/run_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

constexpr const char* first = "20261124T021500.000Z";
constexpr const char* second = "20261125T021500.000Z";
constexpr const char* third = "20261126T021500.000Z";

struct House : BlobHouse {
    const RunStore runs{dir};
    const CancelSource cancel;
    const BlobFacts folder = add(tar_of({{"tenant.json", "{}"}}));
    const BlobFacts session = add(tar_of({{"creds", "secret"}, {"keys", noise(1 << 16)}}));
    const BlobFacts state = add(tar_of({{"a.sqlite", noise(1 << 20)}}));

    // acme and beta, which has the same folder and nothing else.
    Run publish(const std::string& id) const {
        auto run = test::make_run(id);
        run.tenants[0].parts = {part_of(PartName::folder, folder),
                                part_of(PartName::session, session),
                                part_of(PartName::state, state)};
        run.tenants.push_back(test::make_tenant("beta"));
        run.tenants[1].parts = {part_of(PartName::folder, folder),
                                test::make_failed_part(PartName::state)};
        runs.publish(run);
        return run;
    }
    std::vector<Texts> verify_all(const std::vector<Run>& all, Texts* seen = nullptr) const {
        return backup::verify(
            dir, all, "verify",
            [&](const std::string& what, std::size_t done, std::size_t of) {
                if (seen == nullptr) return;
                CHECK(done == seen->size());
                CHECK(of == 3);
                seen->push_back(what);
            },
            cancel.fd());
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("a run that is as it was made is noted as verified, each blob read once") {
    const House house;
    const auto run = house.publish(first);
    Texts seen;
    CHECK(house.verify_all({run, house.publish(second)}, &seen) == std::vector<Texts>{{}, {}});
    std::sort(seen.begin(), seen.end());
    CHECK(seen == Texts{"acme folder", "acme session", "acme state"});
    for (const char* id : {first, second}) {
        const auto noted = house.runs.verification(id).value();
        CHECK(noted.ok);
        CHECK(noted.by == "verify");
        CHECK(noted.problems.empty());
        CHECK(wall_now() - noted.at < std::chrono::minutes(10));
    }
}

TEST_CASE("each mismatch is a sentence, and the first keeps no other from being found") {
    const House house;
    const auto run = house.publish(first);
    fs::remove(house.tar_path(house.folder));
    auto bytes = test::read_file(house.tar_path(house.state));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    test::write_file(house.tar_path(house.state), bytes);
    const auto problems = house.verify_all({run}).at(0);
    REQUIRE(problems.size() == 3);
    CHECK(problems[0].starts_with("acme folder: the blob " + house.folder.sha256));
    CHECK(contains(problems[0], "missing"));
    CHECK(problems[1].starts_with("acme state: the blob " + house.state.sha256));
    CHECK(problems[2].starts_with("beta folder: the blob " + house.folder.sha256));
    const auto noted = house.runs.verification(first).value();
    CHECK_FALSE(noted.ok);
    CHECK(noted.problems == problems);
    house.add(tar_of({{"tenant.json", "{}"}}));
    house.add(tar_of({{"a.sqlite", noise(1 << 20)}}));
    CHECK(house.verify_all({run}).at(0).empty());
    CHECK(house.runs.verification(first)->ok);
}

TEST_CASE("a manifest that lies about a blob is found, and only the run that lies has it") {
    const House house;
    const auto honest = house.publish(first);
    auto lying = house.publish(second);
    lying.tenants[0].parts[1].tar_bytes += 512;
    lying.tenants[0].parts[2].entries += 1;
    house.runs.publish(lying);
    const auto problems = house.verify_all({honest, lying});
    CHECK(problems[0].empty());
    REQUIRE(problems[1].size() == 2);
    CHECK(problems[1][0].starts_with("acme session: "));
    CHECK(problems[1][1].starts_with("acme state: "));
    CHECK(house.runs.verification(first)->ok);
    CHECK_FALSE(house.runs.verification(second)->ok);
}

TEST_CASE("a blob that cannot be opened is a mismatch like any other") {
    const House house;
    const auto run = house.publish(first);
    fs::remove(house.tar_path(house.session));
    fs::create_symlink("/etc/passwd", house.tar_path(house.session));
    const auto problems = house.verify_all({run}).at(0);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].starts_with("acme session: the blob " + house.session.sha256));
}

TEST_CASE("a verification that is cancelled notes nothing") {
    const House house;
    const auto run = house.publish(first);
    CancelSource cancel;
    const auto verify_until = [&](std::size_t blobs) {
        verify(
            house.dir, {run}, "verify",
            [&](const std::string&, std::size_t done, std::size_t) {
                if (done == blobs) cancel.cancel();
            },
            cancel.fd());
    };
    try {
        verify_until(1);
        FAIL("it went on");
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::cancelled);
    }
    CHECK_FALSE(house.runs.verification(first));
}

TEST_CASE("a run without a blob is as it was made") {
    const House house;
    auto run = test::make_run(first);
    run.tenants.clear();
    house.runs.publish(run);
    CHECK(house.verify_all({run}) == std::vector<Texts>{{}});
    CHECK(house.runs.verification(first)->ok);
    CHECK(house.verify_all({}).empty());
}

TEST_CASE("the newest run that is whole names no damaged blob, whatever was noted of it") {
    const House house;
    const auto acme = test::tenant("acme");
    const auto whole = [&](const std::string& before = "") {
        return newest_whole(house.dir, acme, before, house.cancel.fd()).value_or("none");
    };
    CHECK(whole() == "none");
    const auto old_session = house.add(tar_of({{"creds", "older"}}));
    auto oldest = house.publish(first);
    oldest.tenants[0].parts[1] = part_of(PartName::session, old_session);
    house.runs.publish(oldest);
    house.publish(second);
    house.publish(third);
    CHECK(whole() == third);
    CHECK(whole(third) == second);
    CHECK(whole(first) == "none");

    house.runs.note(second, {wall_now(), true, "backup", {}});
    test::write_file(house.tar_path(house.session), "damaged");
    CHECK(whole() == first);
    CHECK(house.runs.verification(second)->ok);

    fs::remove(house.list_path(old_session));
    CHECK(whole() == "none");
    test::write_file(house.temp / (std::string("backup/runs/") + third + "/run.json"), "{");
    CHECK(whole() == "none");
}

TEST_CASE("a run that lacks a part of the tenant is not whole, and a cancelled search says so") {
    const House house;
    const auto beta = test::tenant("beta");
    house.publish(first);
    CHECK_FALSE(newest_whole(house.dir, beta, "", house.cancel.fd()));
    CancelSource cancelled;
    cancelled.cancel();
    CHECK_THROWS_AS(newest_whole(house.dir, test::tenant("acme"), "", cancelled.fd()), Failure);
}

}  // namespace
}  // namespace nexus::backup
