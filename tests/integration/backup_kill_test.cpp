// A backup or a restore that dies at any of its steps: nothing is lost, nothing stays paused.
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <sstream>

#include "integration/backup_ground.hpp"
#include "support/thorough.hpp"
#include "support/wait_until.hpp"

using namespace nexus::test;

namespace {

constexpr std::chrono::seconds patience(60);

// One that names no passage, and one after which the process is gone.
std::vector<std::string> passages(Runner& runner, const std::vector<std::string>& command) {
    const TempDir folder;
    write_file(folder / "log", "");
    runner.env()["NEXUS_KILL_LOG"] = folder / "log";
    const auto done = runner.cli(command);
    runner.env().erase("NEXUS_KILL_LOG");
    CAPTURE(done.err);
    REQUIRE(done.code == 0);
    std::map<std::string, int> seen;
    std::vector<std::string> all;
    std::istringstream lines(read_file(folder / "log"));
    for (std::string name; std::getline(lines, name);)
        all.push_back(name + ":" + std::to_string(++seen[name]));
    return all;
}

void die_at(Runner& runner, const std::vector<std::string>& command, const std::string& passage) {
    runner.env()["NEXUS_KILL_AT"] = passage;
    const auto died = runner.cli(command);
    runner.env().erase("NEXUS_KILL_AT");
    CAPTURE(died.out);
    CAPTURE(died.err);
    REQUIRE(died.code == 128 + SIGKILL);
}

// At least so many, evenly spread; all of them where it is thorough().
std::vector<std::string> chosen(const std::vector<std::string>& all) {
    constexpr std::size_t least = 12;
    if (all.size() <= least || thorough()) return all;
    std::vector<std::string> some;
    for (std::size_t i = 0; i < least; ++i)
        some.push_back(all[i * (all.size() - 1) / (least - 1)]);
    return some;
}

void expect_runs_on(const BackupGround& ground, const std::string& tenant) {
    std::string status;
    holds_within(patience, [&] {
        status = ground.status(tenant);
        return status == "running";
    });
    CAPTURE(ground.runner.last_words());
    CHECK(status == "running");
}

bool is_scratch_left(const BackupGround& ground) {
    return contains(ground.engine.curl("GET", "/volumes").body, "nexus_restore");
}

}  // namespace

TEST_CASE("killed at any step of a backup, nothing is lost and nothing stays paused") {
    BackupGround ground("bkkill");
    ground.runner.start();
    const auto tenant = ground.make_tenants(1).front();
    const auto all = passages(ground.runner, {"backup", "--full"});
    MESSAGE(all.size() << " steps of a backup");
    for (const auto& passage : chosen(all)) {
        CAPTURE(passage);
        // What the store has already is not written again, and then has fewer steps.
        for (const auto& part : {ground.folder(tenant, "state"), ground.folder(tenant, "session"),
                                 ground.runner.tenant_root() + "/" + tenant})
            write_file(part + "/changed", passage);
        const auto before = ground.content(tenant);
        die_at(ground.runner, {"backup", "--full"}, passage);
        expect_runs_on(ground, tenant);
        CHECK(ground.content(tenant) == before);
        // What the dead one left is in nobody's way.
        const auto next = ground.runner.cli({"backup", "--full"});
        CAPTURE(next.err);
        CHECK(next.code == 0);
    }
    const auto verified = ground.runner.cli({"verify"});
    CAPTURE(verified.err);
    CHECK(verified.code == 0);
}

TEST_CASE("killed at any step of a restore, the tenant is as it was, or as it is to be") {
    BackupGround ground("bkback");
    ground.runner.start();
    const auto tenant = ground.make_tenants(1).front();
    const auto old = ground.content(tenant);
    REQUIRE(ground.runner.cli({"backup"}).code == 0);
    write_file(ground.folder(tenant, "state") + "/later", "written after the backup");
    write_file(ground.folder(tenant, "session") + "/later", "this too");
    const auto now = ground.content(tenant);
    REQUIRE(old != now);
    const std::vector<std::string> restore{"restore", tenant};
    const auto all = passages(ground.runner, restore);
    MESSAGE(all.size() << " steps of a restore");
    std::size_t undone = 0;
    for (const auto& passage : chosen(all)) {
        CAPTURE(passage);
        write_file(ground.folder(tenant, "state") + "/later", "written after the backup");
        write_file(ground.folder(tenant, "session") + "/later", "this too");
        die_at(ground.runner, restore, passage);
        wait_until([&] { return !is_scratch_left(ground); }, patience, "the scratch is gone");
        expect_runs_on(ground, tenant);
        auto found = ground.content(tenant);
        // Times of what was written again differ.
        const bool has_later = found.erase("state/later") > 0;
        CHECK((found.erase("session/later") > 0) == has_later);
        CHECK(found == old);
        undone += has_later ? 1 : 0;
    }
    MESSAGE(undone << " of them undone, the others kept");
    CHECK(undone > 0);
}
