// What goes wrong around a backup on a real engine: each is told, and costs nobody anything.
#include <doctest/doctest.h>
#include <sys/mount.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "integration/backup_ground.hpp"
#include "support/wait_until.hpp"

using namespace nexus::test;

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

// A small disk of its own.
class SmallDisk {
  public:
    explicit SmallDisk(const char* size) {
        REQUIRE(::mount("tmpfs", path().c_str(), "tmpfs", 0, size) == 0);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }
    std::string path() const { return folder_.path().string(); }
    void resize(const char* size) const {
        REQUIRE(::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT, size) == 0);
    }

  private:
    TempDir folder_;
};

std::vector<fs::path> blobs(const BackupGround& ground) {
    std::vector<fs::path> found;
    const auto folder = ground.runner.env().at("BACKUP_DIR") + "/blobs";
    for (const auto& file : fs::directory_iterator(folder)) {
        if (file.path().string().ends_with(".tar.zst")) found.push_back(file.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

// From the middle on, the first that changes what is read. Some do not: where the same bytes stand
// twice before, zstd may copy them from either place.
void flip_a_bit_of(const fs::path& blob) {
    const auto good = read_file(blob);
    const Command test{.argv = {"zstd", "-tq", blob.string()}};
    for (auto at = good.size() / 2; at < good.size(); ++at) {
        auto bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        write_file(blob, bad);
        if (run(test).code != 0) return;
    }
    FAIL("no bit of " << blob.string() << " matters");
}

}  // namespace

TEST_CASE("a second backup says who holds the lock, and changes nothing") {
    BackupGround ground("bklock");
    ground.runner.start();
    ground.make_tenants(1);
    REQUIRE(ground.runner.cli({"backup"}).code == 0);
    const auto folder = ground.runner.env().at("BACKUP_DIR");
    auto env = ground.runner.env();
    const auto second = run({.argv = {"flock", folder + "/lock", Runner::program(), "backup"},
                             .env = {env.begin(), env.end()}});
    CAPTURE(second.err);
    CHECK(second.code == 5);
    CHECK(contains(second.err, "in use"));
    CHECK_FALSE(contains(second.out, "snapshot="));
}

TEST_CASE("a disk without room for a backup is told before it begins, and the next run is whole") {
    const SmallDisk disk("size=24m");
    BackupGround ground("bkfull");
    ground.runner.env()["BACKUP_DIR"] = disk.path() + "/backups";
    ground.runner.start();
    const auto& made = ground.make_tenants(3);
    const auto before = ground.contents();
    const auto full = ground.runner.cli({"backup"});
    CAPTURE(full.out);
    CAPTURE(full.err);
    CHECK(full.code == 1);
    CHECK(contains(full.err, "make room there"));
    for (const auto& tenant : made)
        CHECK(ground.status(tenant) == "running");
    CHECK(ground.contents() == before);
    disk.resize("size=400m");
    const auto whole = ground.runner.cli({"backup"});
    CAPTURE(whole.err);
    CHECK(whole.code == 0);
    CHECK(ground.runner.cli({"verify"}).code == 0);
    CHECK(fs::is_empty(disk.path() + "/backups/tmp"));
}

TEST_CASE("a tenant that is deleted during a backup goes, and fails nothing") {
    BackupGround ground("bkdel");
    ground.runner.start();
    const auto& made = ground.make_tenants(4);
    Process backup({{Runner::program(), "backup"}, ground.runner.env()});
    CHECK(at(ground.runner.job({"delete", made.back()}), "/detail") == "deleted");
    const auto code = backup.wait(seconds(60));
    CAPTURE(backup.output());
    REQUIRE(code);
    CHECK(*code == 0);
    CHECK(contains(backup.out(), "failures=0"));
    CHECK_FALSE(ground.engine.has_volume("tenant_" + made.back() + "_state"));
    CHECK_FALSE(fs::exists(ground.runner.tenant_root() + "/" + made.back()));
    CHECK(ground.status(made.front()) == "running");
}

TEST_CASE("a blob that is not what it was is found, and restored into nothing") {
    BackupGround ground("bkbit");
    ground.runner.start();
    const auto tenant = ground.make_tenants(1).front();
    REQUIRE(ground.runner.cli({"backup"}).code == 0);
    const auto before = ground.content(tenant);
    for (const auto& blob : blobs(ground)) {
        CAPTURE(blob.string());
        const auto good = read_file(blob);
        SUBCASE("one bit flipped") {
            flip_a_bit_of(blob);
        }
        SUBCASE("truncated") {
            write_file(blob, good.substr(0, good.size() - 7));
        }
        SUBCASE("something behind it") {
            write_file(blob, good + good);
        }
        const auto verified = ground.runner.cli({"verify"});
        CHECK(verified.code == 4);
        CHECK(contains(verified.err, blob.filename().string().substr(0, 12)));
        const auto restored = ground.runner.cli({"restore", tenant});
        CAPTURE(restored.err);
        CHECK(restored.code == 4);
        CHECK(contains(restored.err, "damaged"));
        write_file(blob, good);
    }
    CHECK(ground.content(tenant) == before);
    CHECK(ground.status(tenant) == "running");
    CHECK(ground.runner.cli({"verify"}).code == 0);
}

TEST_CASE("an engine that dies while a tenant is paused does not leave it paused") {
    BackupGround ground("bkdies");
    const ContainerEngine engine(ground.engine.kind());
    ground.runner.env()["BACKEND_ENDPOINT"] = engine.endpoint();
    ground.runner.start();
    CHECK(at(ground.runner.job({"provision", "bkdies-0"}), "/detail") == "provisioned");
    Environment env = ground.runner.env();
    env["NEXUS_KILL_AT"] = "after_runtime_held:1";
    const auto died = run({.argv = {Runner::program(), "backup"}, .env = env});
    CHECK(died.code == 128 + SIGKILL);
    engine.kill_service();
    engine.restart_service();
    wait_until([&] { return engine.facts(runtime_of("bkdies-0")).status == "running"; },
               seconds(90), "the runtime runs again");
    CHECK(ground.runner.cli({"backup"}).code == 0);
    engine.remove_tenant("bkdies-0");
}
