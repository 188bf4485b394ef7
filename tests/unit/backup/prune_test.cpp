#include "backup/prune.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <set>

#include "backup/run_store.hpp"
#include "base/cancel.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"
#include "unit/backup/run_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using config::BackupKeep;
using test::failure_of;
using test::make_run;
using test::sha256_of;
using Ids = std::vector<std::string>;

constexpr BackupKeep two_days{2, 0, 0};

// A BACKUP_DIR whose blobs are any bytes: what is in them is nothing to prune.
struct House {
    const test::TempDir temp;
    const BackupDir dir{temp / "backup"};
    const RunStore runs{dir};
    const CancelSource cancel;

    Pruned prune(const BackupKeep& keep, bool dry_run = false) const {
        return backup::prune(dir, keep, dry_run, cancel.fd());
    }

    // Of 3 November and so on, with the blob of one digit; verified unless it says otherwise.
    std::string add(int day, char blob, bool verified = true) const {
        return publish(one_part(id_of(day), blob), verified);
    }
    std::string publish(const Run& run, bool verified = true) const {
        for (const auto& tenant : run.tenants) {
            for (const auto& part : tenant.parts)
                if (!part.sha256.empty()) put_blob(part.sha256);
        }
        runs.publish(run);
        if (verified) runs.note(run.id, {run.started_at, true, "backup", {}});
        return run.id;
    }
    static std::string id_of(int day) {
        return "202611" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T021500.000Z";
    }
    static Run one_part(const std::string& id, char blob) {
        auto run = make_run(id);
        run.tenants[0].parts = {test::make_part(PartName::state, sha256_of(blob))};
        return run;
    }
    void put_blob(const std::string& sha256) const {
        test::write_file(temp / ("backup/blobs/" + sha256 + ".tar.zst"), "0123456789");
        test::write_file(temp / ("backup/blobs/" + sha256 + ".files.jsonl.zst"), "01234");
    }

    // The digits of the blobs that are there; of half a one too.
    std::string blobs() const {
        std::set<char> digits;
        for (const auto& name : dir.blobs().names())
            digits.insert(name[0]);
        return {digits.begin(), digits.end()};
    }
    // Everything below, as it is.
    std::set<std::string> all() const {
        std::set<std::string> paths;
        for (const auto& entry : fs::recursive_directory_iterator(temp.path()))
            paths.insert(entry.path().string());
        return paths;
    }
};

TEST_CASE("runs that are not kept go, with the blobs that only they name") {
    const House house;
    const auto first = house.add(1, 'a');
    const auto second = house.add(2, 'b');
    const auto third = house.add(3, 'a');  // the same content again
    const auto fourth = house.add(4, 'c');
    const auto pruned = house.prune(two_days);
    CHECK(pruned.runs == Ids{first, second});
    CHECK(pruned.kept == 2);
    CHECK(pruned.blobs == 1);
    CHECK(pruned.bytes == 15);
    CHECK(house.runs.list() == Ids{third, fourth});
    CHECK(house.blobs() == "ac");
    CHECK(fs::exists(house.temp / ("backup/runs/" + fourth + "/verified.json")));
    const auto again = house.prune(two_days);
    CHECK(again.runs.empty());
    CHECK(again.blobs == 0);
    CHECK(again.kept == 2);
}

TEST_CASE("a dry run says the same and changes nothing") {
    const House house;
    const auto first = house.add(1, 'a');
    house.add(2, 'b');
    house.add(3, 'c');
    house.put_blob(sha256_of('e'));
    test::write_file(house.temp / "backup/tmp/x.part", "x");
    const auto before = house.all();
    const auto pruned = house.prune(two_days, true);
    CHECK(house.all() == before);
    CHECK(pruned.runs == Ids{first});
    CHECK(pruned.kept == 2);
    CHECK(pruned.blobs == 2);
    CHECK(pruned.bytes == 30);
    const auto done = house.prune(two_days);
    CHECK(done.runs == pruned.runs);
    CHECK(done.blobs == pruned.blobs);
    CHECK(done.bytes == pruned.bytes);
}

TEST_CASE("what runs that never came to exist left behind goes") {
    const House house;
    const auto kept = house.add(1, 'a');
    house.put_blob(sha256_of('b'));
    fs::remove(house.temp / ("backup/blobs/" + sha256_of('b') + ".tar.zst"));  // half of one
    house.runs.begin();
    test::write_file(house.temp / "backup/tmp/x.part", "x");
    fs::create_directories(house.temp / "backup/tmp/restic/deep");
    const auto pruned = house.prune(two_days);
    CHECK(pruned.runs.empty());
    CHECK(pruned.blobs == 1);
    CHECK(pruned.bytes == 5);
    CHECK(house.blobs() == "a");
    CHECK(house.runs.list() == Ids{kept});
    CHECK(house.runs.unpublished().empty());
    CHECK(fs::is_empty(house.temp / "backup/tmp"));
}

TEST_CASE("what is none of its own in BACKUP_DIR stays") {
    const House house;
    house.add(1, 'a');
    const std::string sha256 = sha256_of('b');
    for (const std::string& name :
         Ids{"blobs/README", "runs/README", "restic.password", "blobs/" + sha256 + ".tar.gz",
             "blobs/" + sha256, "blobs/" + sha256.substr(1) + ".tar.zst",
             "blobs/" + sha256 + "b.tar.zst", "blobs/" + sha256_of('B') + ".tar.zst"})
        test::write_file(house.temp / ("backup/" + name), "mine");
    const auto before = house.all();
    CHECK(house.prune(two_days).blobs == 0);
    CHECK(house.all() == before);
}

TEST_CASE("a run.json or a verification that cannot be read keeps everything") {
    const House house;
    const auto first = house.add(1, 'a');
    house.add(2, 'b');
    house.add(3, 'c');
    house.put_blob(sha256_of('e'));
    house.runs.begin();
    test::write_file(house.temp / "backup/tmp/x.part", "x");
    for (const char* file : {"run.json", "verified.json"}) {
        CAPTURE(file);
        const auto path = house.temp / ("backup/runs/" + first + "/" + file);
        const auto good = test::read_file(path);
        const auto check = [&](const std::string& bad) {
            test::write_file(path, bad);
            const auto before = house.all();
            CHECK(failure_of([&] { house.prune(two_days); }).code() == ErrorCode::snapshot_corrupt);
            CHECK(house.all() == before);
        };
        check("");
        check(good.substr(0, good.size() - 1));
        check(std::string(good).replace(good.find("\"format\":1"), 10, "\"format\":2"));
        test::write_file(path, good);
    }
    CHECK(house.prune(two_days).runs == Ids{first});
}

TEST_CASE("where no run is there, no blob goes") {
    const House house;
    house.put_blob(sha256_of('a'));
    CHECK(house.prune(two_days).blobs == 0);
    CHECK(house.blobs() == "a");
}

TEST_CASE("a tenant that fails in every new run keeps the last run that has all of it") {
    const House house;
    const auto publish = [&](int day, const char* failing, bool with_gone = false) {
        auto run = make_run(House::id_of(day));
        run.tenants.push_back(test::make_tenant("beta"));
        if (with_gone) run.tenants.push_back(test::make_tenant("gone"));
        for (auto& tenant : run.tenants) {
            if (tenant.tenant.text() == failing)
                tenant.parts[2] = test::make_failed_part(PartName::state);
        }
        return house.publish(run);
    };
    publish(1, "");
    const auto second = publish(2, "", true);
    publish(3, "acme", true);
    publish(4, "acme");
    const auto fifth = publish(5, "acme");
    CHECK(house.prune({1, 0, 0}).runs.size() == 3);
    CHECK(house.runs.list() == Ids{second, fifth});
    const auto sixth = publish(6, "");
    CHECK(house.prune({1, 0, 0}).runs == Ids{second, fifth});
    CHECK(house.runs.list() == Ids{sixth});
}

TEST_CASE("a tenant that failed at last and is gone keeps no run for ever") {
    const House house;
    auto run = make_run(House::id_of(1));
    run.tenants.push_back(test::make_tenant("gone"));
    const auto first = house.publish(run);
    run = make_run(House::id_of(2));
    run.tenants.push_back(test::make_tenant("gone"));
    run.tenants[1].parts[0] = test::make_failed_part(PartName::folder);
    const auto second = house.publish(run);
    CHECK(house.prune({1, 0, 0}).runs.empty());
    house.publish(make_run(House::id_of(3)));
    CHECK(house.prune({1, 0, 0}).runs == Ids{first, second});
}

TEST_CASE("a run of a machine that has its tenants still to be restored takes no run's place") {
    const House house;
    const auto full = house.add(3, 'a');
    auto empty = house.one_part(house.id_of(4), 'b');
    empty.tenants.clear();
    house.publish(empty);
    for (int day = 5; day < 9; ++day) {
        empty.id = house.id_of(day);
        house.publish(empty);
    }
    CHECK(house.prune({1, 0, 0}).runs.empty());
    CHECK(house.blobs() == "a");
    const auto next = house.add(9, 'c');
    CHECK(house.prune({1, 0, 0}).runs.size() == 6);
    CHECK(house.runs.list() == Ids{next});
}

TEST_CASE("only a verification that found nothing counts") {
    const House house;
    const auto first = house.add(1, 'a');
    const auto second = house.add(2, 'b', false);
    const auto third = house.add(3, 'c', false);
    house.runs.note(third, {wall_now(), false, "verify", {"acme state: it is damaged"}});
    CHECK(house.prune({1, 0, 0}).runs.empty());
    const auto fourth = house.add(4, 'd');
    CHECK(house.prune({1, 0, 0}).runs == Ids{first, second, third});
    CHECK(house.blobs() == "d");
    CHECK(house.runs.list() == Ids{fourth});
}

TEST_CASE("prune waits for those who read or add blobs, and can be cancelled meanwhile") {
    const House house;
    house.add(1, 'a');
    house.add(2, 'b');
    const auto first = house.runs.list()[0];
    auto reader = house.dir.share_blobs(house.cancel.fd());
    CancelSource cancel;
    auto waiting = std::async(std::launch::async, [&] {
        prune(house.dir, {1, 0, 0}, false, cancel.fd());
    });
    CHECK(waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    CHECK(house.runs.list().size() == 2);
    cancel.cancel();
    CHECK(failure_of([&] { waiting.get(); }).code() == ErrorCode::cancelled);
    reader.reset();
    CHECK(house.prune({1, 0, 0}).runs == Ids{first});
}

}  // namespace
}  // namespace nexus::backup
