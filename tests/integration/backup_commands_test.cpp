// nexus-runner verify and prune, on a BACKUP_DIR that this test fills; they need neither Redis nor
// an engine.
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "backup/run_store.hpp"
#include "base/cancel.hpp"
#include "base/json.hpp"
#include "support/process.hpp"
#include "support/wait_until.hpp"
#include "unit/backup/blob_fixture.hpp"
#include "unit/backup/run_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using test::make_run;
using Texts = std::vector<std::string>;

constexpr std::chrono::seconds patience(60);
constexpr const char* first = "20261124T021500.000Z";
constexpr const char* second = "20261125T021500.000Z";
constexpr const char* of_acme = "20261125T090000.000Z";

struct House : BlobHouse {
    const RunStore runs{dir};
    const CancelSource cancel;
    const BlobFacts state = add(tar_of({{"a.sqlite", noise(1 << 16)}}));

    // acme's state alone.
    void publish(const std::string& id, const std::string& scope, const BlobFacts& facts,
                 bool verified = false) const {
        auto run = make_run(id);
        auto part = test::make_part(PartName::state, facts.sha256);
        part.tar_bytes = facts.tar_bytes;
        part.entries = facts.entries;
        run.scope = scope;
        run.tenants[0].parts = {part};
        runs.publish(run);
        if (verified) runs.note(id, {run.started_at, true, "backup", {}});
    }
    void flip_a_bit_of(const BlobFacts& facts) const {
        auto bytes = test::read_file(tar_path(facts));
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
        test::write_file(tar_path(facts), bytes);
    }

    test::Command command(Texts arguments) const {
        arguments.insert(arguments.begin(), std::string(NEXUS_BINARY_DIR) + "/bin/nexus-runner");
        return {.argv = std::move(arguments),
                .env = {{"BACKUP_DIR", dir.path()},
                        {"BACKUP_KEEP", "1d"},
                        {"REDIS_URL", "nonsense"},
                        {"BACKEND", "no such plugin"}},
                .clean_env = true};
    }
    Finished cli(Texts arguments) const { return test::run(command(std::move(arguments))); }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t lines_of(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("a BACKUP_DIR that is not there is refused, and not made") {
    const House house;
    for (const char* name : {"verify", "prune"}) {
        auto command = house.command({name});
        command.env["BACKUP_DIR"] = house.temp / "mistyped";
        const auto finished = test::run(command);
        CHECK(finished.code == 78);
        CHECK(contains(finished.err, "mistyped is not there"));
        CHECK_FALSE(fs::exists(house.temp / "mistyped"));
        command.env["BACKUP_KEEP"] = "for ever";
        const auto refused = test::run(command);
        CHECK(refused.code == 78);
        CHECK(contains(refused.err, "BACKUP_KEEP: "));
    }
}

TEST_CASE("verify looks at the newest backup of the whole node, and notes what it found") {
    const House house;
    CHECK(house.cli({"verify"}).code == 1);
    house.publish(first, "", house.state);
    house.publish(of_acme, "acme", house.state);
    house.publish(second, "", house.state);
    const auto good = house.cli({"verify"});
    CAPTURE(good.err);
    CHECK(good.code == 0);
    CHECK(good.err.empty());
    CHECK(good.out == std::string(second) + ": 1 tenant, 1 blob, 70 kB, as it was made\n");
    CHECK(house.runs.verification(second)->ok);
    CHECK_FALSE(house.runs.verification(first));
    CHECK_FALSE(house.runs.verification(of_acme));
}

TEST_CASE("where there are backups of single tenants alone, verify looks at all of them") {
    const House house;
    house.publish(first, "acme", house.state);
    house.publish(of_acme, "acme", house.state);
    CHECK(house.cli({"verify"}).code == 0);
    CHECK(house.runs.verification(first)->ok);
    CHECK(house.runs.verification(of_acme)->ok);
}

TEST_CASE("verify says each mismatch in a sentence, and ends with 4") {
    const House house;
    const auto other = house.add(tar_of({{"b", "b"}}));
    house.publish(first, "", other);
    house.publish(second, "", house.state);
    house.publish(of_acme, "acme", house.state);
    house.flip_a_bit_of(house.state);
    const auto bad = house.cli({"verify", second});
    CHECK(bad.code == 4);
    CHECK(contains(bad.out, "DAMAGED: 1 problem"));
    CHECK(lines_of(bad.err) == 1);
    CHECK(contains(bad.err, std::string(second) + ": acme state: the blob " + house.state.sha256));
    CHECK_FALSE(house.runs.verification(second)->ok);
    const auto all = house.cli({"verify", "all", "--json"});
    CHECK(all.code == 4);
    const auto document = json::parse(all.out, json::own_files);
    REQUIRE(document.IsArray());
    REQUIRE(document.Size() == 3);
    for (rapidjson::SizeType i = 0; i < 3; ++i) {
        const json::Reader run(document[i]);
        CHECK(run.boolean("ok") == (run.string("snapshot") == first));
    }
    CHECK(house.runs.verification(first)->ok);
    CHECK_FALSE(house.runs.verification(of_acme)->ok);
    test::write_file(house.temp / (std::string("backup/runs/") + first + "/run.json"), "{");
    const auto unreadable = house.cli({"verify", first});
    CHECK(unreadable.code == 4);
    CHECK(contains(unreadable.err, "run.json cannot be read"));
    const auto absent = house.cli({"verify", "20200101T000000.000Z"});
    CHECK(absent.code == 1);
    CHECK(contains(absent.err, std::string("the newest are ") + first + ", " + second));
}

TEST_CASE("prune removes what BACKUP_KEEP does not keep, and only says so with --dry-run") {
    const House house;
    const auto other = house.add(tar_of({{"b", "b"}}));
    house.publish(first, "", other, true);
    house.publish(second, "", house.state, true);
    const auto dry = house.cli({"prune", "--dry-run", "--json"});
    CHECK(dry.code == 0);
    const auto document = json::parse(dry.out, json::own_files);
    const json::Reader reader(document);
    CHECK(reader.boolean("dry_run"));
    CHECK(reader.integer("kept") == 1);
    CHECK(reader.integer("blobs") == 1);
    CHECK(house.blobs.has(other.sha256));
    const auto done = house.cli({"prune"});
    CHECK(done.code == 0);
    CHECK(done.err.empty());
    CHECK(contains(done.out, std::string("removed ") + first + "\n"));
    CHECK(contains(done.out, "removed 1 run and 1 blob of "));
    CHECK(house.runs.list() == Texts{second});
    CHECK_FALSE(house.blobs.has(other.sha256));
    CHECK(house.blobs.has(house.state.sha256));
}

TEST_CASE("prune removes nothing where a run cannot be read") {
    const House house;
    house.publish(first, "", house.state, true);
    house.publish(second, "", house.state, true);
    test::write_file(house.temp / (std::string("backup/runs/") + second + "/run.json"), "{");
    const auto finished = house.cli({"prune"});
    CHECK(finished.code == 1);
    CHECK(contains(finished.err, "nothing was removed"));
    CHECK(contains(finished.err, second));
    CHECK(house.runs.list() == Texts{first, second});
}

TEST_CASE("prune killed at any step leaves runs that are whole, and the next one ends its work") {
    constexpr int killed = 128 + SIGKILL;
    for (const char* point : {"after_run_unpublished:1", "after_run_removed:1",
                              "after_blob_removed:1", "after_blob_removed:2"}) {
        CAPTURE(point);
        const House house;
        const auto other = house.add(tar_of({{"b", "b"}}));
        house.publish(first, "", other, true);
        house.publish(second, "", house.state, true);
        auto command = house.command({"prune"});
        command.env["NEXUS_KILL_AT"] = point;
        CHECK(test::run(command).code == killed);
        CHECK(house.cli({"verify", "all"}).code == 0);
        CHECK(house.cli({"prune"}).code == 0);
        CHECK(house.runs.list() == Texts{second});
        CHECK(house.runs.unpublished().empty());
        CHECK(house.dir.blobs().names().size() == 2);
    }
}

TEST_CASE("prune says who is at work and ends with 5, or waits for them") {
    const House house;
    house.publish(first, "", house.state, true);
    auto held = house.dir.lock("a backup of this test", false, house.cancel.fd());
    const auto refused = house.cli({"prune"});
    CHECK(refused.code == 5);
    CHECK(contains(refused.err, "a backup of this test, process " + std::to_string(::getpid())));
    test::Process waiting(house.command({"prune", "--wait"}));
    CHECK_FALSE(waiting.wait(std::chrono::milliseconds(300)));
    held.reset();
    CHECK(waiting.wait(patience) == 0);
    CHECK(contains(waiting.out(), "1 run kept"));
}

TEST_CASE("a prune that waits for a verification ends at once when it is told to") {
    const House house;
    house.publish(first, "", house.state, true);
    const auto reader = house.dir.share_blobs(house.cancel.fd());
    test::Process waiting(house.command({"prune"}));
    const auto lock = house.temp / "backup/lock";
    test::wait_until(
        [&] { return fs::exists(lock) && contains(test::read_file(lock), "nexus-runner prune"); },
        patience, "prune has the lock");
    waiting.signal(SIGINT);
    CHECK(waiting.wait(patience) == 1);
    CHECK(contains(waiting.err(), "cancelled"));
    CHECK(house.runs.list() == Texts{first});
}

}  // namespace
}  // namespace nexus::backup
