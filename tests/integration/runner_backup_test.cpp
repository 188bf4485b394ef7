// Backups and the daemon: its own jobs, and what the command line does beside it. On a real Redis,
// with the simulated engine that both share.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "runner.hpp"
#include "support/exposition.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

struct Node {
    GuardedRedis redis;
    TempDir folder;
    Runner runner{redis, {{"BACKEND_CONFIG", engine()}}};

    // The configuration of the engine that all share, with `more` members.
    std::string engine(const std::string& more = "") const {
        return R"({"state_file":")" + (folder / "engine") + "\"" + more + "}";
    }
    std::string phase() const {
        const auto state = json::parse(read_file(folder / "engine"), json::own_files);
        return at(state, "/containers/tenant_acme_runtime/state/phase");
    }

    void provision(const std::string& tenant = "acme") const {
        REQUIRE(at(runner.job({"provision", tenant}), "/status") == "succeeded");
    }
    // A command of the program beside the daemon, with changes to its environment.
    Command command(std::vector<std::string> arguments, const Environment& changes = {}) const {
        arguments.insert(arguments.begin(), Runner::program());
        auto env = runner.env();
        for (const auto& [name, value] : changes)
            env[name] = value;
        return {std::move(arguments), env};
    }
    void back_up() const {
        const auto finished = run(command({"backup"}));
        CAPTURE(finished.err);
        REQUIRE(finished.code == 0);
    }
    // How many events of this type there are, and the last one's text.
    std::size_t events(const std::string& type) const { return find_events(type).size(); }
    std::string last_event(const std::string& type) const { return find_events(type).back(); }
    std::vector<std::string> find_events(const std::string& type) const {
        std::vector<std::string> found;
        const auto all = redis.cli({"XRANGE", "nexus:events", "-", "+"});
        const std::string mark = R"("type":")" + type + "\"";
        for (std::size_t begin = 0; begin < all.size();) {
            const auto end = std::min(all.find('\n', begin), all.size());
            const auto line = all.substr(begin, end - begin);
            if (contains(line, mark)) found.push_back(line);
            begin = end + 1;
        }
        return found;
    }
    Samples metrics() const {
        const auto reply = runner.http("/metrics");
        REQUIRE(reply.status == 200);
        return read_exposition(reply.body);
    }
    double backup_metric(const std::string& name) const {
        const auto samples = metrics();
        const auto found = samples.find("nexus_runner_backup_" + name);
        return found == samples.end() ? -1 : found->second;
    }
    // A tar with one file into the tenant's session volume, which is empty.
    void fill_session() const {
        write_file(folder / "token", "paired");
        REQUIRE(
            run({{"tar", "-C", folder.path().string(), "-cf", folder / "in.tar", "token"}}).code ==
            0);
        const auto load = run({{"sh", "-c", "exec \"$0\" volume import acme session <\"$1\"",
                                Runner::program(), folder / "in.tar"},
                               runner.env()});
        CAPTURE(load.err);
        REQUIRE(load.code == 0);
    }
    bool session_is_filled() const {
        return contains(run(command({"volume", "export", "acme", "session"})).out, "paired");
    }
};

constexpr seconds soon(3);
constexpr seconds patience(30);

}  // namespace

TEST_CASE("jobs back a tenant up and bring it back, with results, events and a name for each") {
    Node node;
    node.runner.start();
    node.provision();
    node.fill_session();
    const auto made = raw_job(node.redis, "b1", plain("backup", "b1"));
    CHECK(at(made, "/status") == "succeeded");
    CHECK(at(made, "/detail") == "backed_up");
    CHECK(at(made, "/data/parts/1/name") == "session");
    CHECK(at(made, "/data/parts/1/status") == "ok");
    const auto snapshot = at(made, "/data/snapshot");
    CHECK(node.phase() == "running");
    REQUIRE(node.events("backup.completed") == 1);
    CHECK(contains(node.last_event("backup.completed"), R"("job_id":"b1")"));
    CHECK(contains(node.last_event("backup.completed"), R"("snapshot":")" + snapshot));

    REQUIRE(at(node.runner.job({"pair_start", "acme"}), "/status") == "succeeded");
    CHECK_FALSE(node.session_is_filled());
    const auto back = node.runner.job({"restore", "acme", "--snapshot", snapshot});
    CHECK(at(back, "/status") == "succeeded");
    CHECK(at(back, "/detail") == "restored");
    CHECK(at(back, "/data/snapshot") == snapshot);
    CHECK(node.session_is_filled());
    CHECK(node.phase() == "running");
    CHECK(contains(node.last_event("runtime.status"), R"("state":"running")"));

    const auto none = node.runner.job({"restore", "acme", "--snapshot", "20200101T000000.000Z"});
    CHECK(at(none, "/error/code") == "snapshot_not_found");
    CHECK(at(node.runner.job({"backup", "globex"}), "/error/code") == "tenant_not_found");
    CHECK(node.events("backup.failed") == 1);
    CHECK(contains(node.last_event("backup.failed"), R"("reason":"tenant_not_found")"));
    // The job's own run is not told a second time.
    CHECK(node.events("backup.completed") == 1);
}

TEST_CASE("a deleted tenant comes back where its backup is, and Redis knows its node again") {
    Node node;
    node.runner.start();
    node.provision();
    node.fill_session();
    REQUIRE(at(node.runner.job({"backup", "acme"}), "/status") == "succeeded");
    REQUIRE(at(node.runner.job({"delete", "acme"}), "/status") == "succeeded");
    wait_until(
        [&] {
            return node.redis.cli({"HEXISTS", "nexus:tenants", "acme"}) == "0";
        },
        patience, "the placement is gone");
    const auto back = node.runner.job({"restore", "acme", "--snapshot", "latest"});
    CAPTURE(json::to_text(back));
    CHECK(at(back, "/status") == "succeeded");
    CHECK(node.session_is_filled());
    wait_until(
        [&] {
            return node.redis.cli({"HGET", "nexus:tenants", "acme"}) == "n1";
        },
        patience, "it is placed again");
}

TEST_CASE(
    "a tenant that has lost its folder is named by the backup, and a restore brings it back") {
    Node node;
    node.runner.start();
    node.provision();
    node.provision("globex");
    node.fill_session();
    node.back_up();
    std::filesystem::remove_all(node.runner.env().at("TENANT_ROOT") + "/acme");
    const auto partial = run(node.command({"backup"}));
    CHECK(partial.code == 3);
    CHECK(contains(partial.out, " tenants=2 "));
    CHECK(contains(partial.out, " failures=3"));
    CHECK(contains(partial.err, "acme/folder: the container tenant_acme_runtime"));
    CHECK_FALSE(contains(partial.err, "globex"));
    wait_until([&] { return node.events("backup.failed") == 1; }, soon, "it is told");
    const auto back = node.runner.job({"restore", "acme", "--snapshot", "latest"});
    CAPTURE(json::to_text(back));
    CHECK(at(back, "/status") == "succeeded");
    CHECK(node.session_is_filled());
    node.back_up();
}

TEST_CASE(
    "a backup of the command line is told within three seconds, once, and is in the metrics") {
    Node node;
    node.runner.start();
    node.provision();
    node.provision("globex");
    CHECK(node.backup_metric("last_verified_timestamp_seconds") == 0);
    CHECK(node.backup_metric("last_run_duration_seconds") == -1);
    node.back_up();
    wait_until([&] { return node.events("backup.completed") == 2; }, soon, "both are told");
    CHECK_FALSE(contains(node.last_event("backup.completed"), "job_id"));
    wait_until([&] { return node.backup_metric("last_success_timestamp_seconds") > 1.7e9; }, soon,
               "the metrics know");
    CHECK(node.backup_metric("last_verified_timestamp_seconds") ==
          node.backup_metric("last_success_timestamp_seconds"));
    CHECK(node.backup_metric(R"(last_run_tenants{status="ok"})") == 2);
    CHECK(node.backup_metric("last_run_size_bytes") > 0);
    CHECK(node.backup_metric("last_run_torn_files") == 0);
    const auto samples = node.metrics();
    CHECK(samples.at("nexus_runner_up") == 1);
    CHECK(samples.at(
              R"(nexus_runner_backend_operation_duration_seconds_count{operation="start"})") == 2);
    CHECK(samples.at(R"(nexus_runner_check_ok{check="redis"})") == 1);

    REQUIRE(node.runner.stop() == 0);
    node.back_up();
    node.runner.start();
    wait_until([&] { return node.events("backup.completed") == 4; }, soon,
               "what was made without the daemon is told");
    node.runner.kill();
    node.runner.start();
    node.back_up();
    wait_until([&] { return node.events("backup.completed") >= 6; }, soon, "the next is told");
    CHECK(node.events("backup.completed") == 6);
}

TEST_CASE("a job waits while the command line backs its tenant up") {
    Node node;
    node.runner.start();
    node.provision();
    Process slow(node.command(
        {"backup"},
        {{"BACKEND_CONFIG", node.engine(R"(,"tenants":{"acme":{"latency_ms":700}})")}}));
    wait_until([&] { return node.phase() == "paused"; }, patience, "the runtime is held");
    node.redis.cli({"XADD", "nexus:jobs", "*", "job", plain("stop", "s1")});
    // Behind it in the intake: once this one is done, the other one has been looked at.
    const auto other = raw_job(node.redis, "p1", plain("provision", "p1", "globex"));
    CHECK(at(other, "/status") == "succeeded");
    REQUIRE(node.phase() == "paused");
    CHECK(node.redis.cli({"HGET", "nexus:job:s1", "state"}) == "queued");
    CHECK(contains(node.redis.cli({"BLPOP", "nexus:reply:s1", "30"}), R"("status":"succeeded")"));
    CHECK(node.phase() == "exited");
    const auto code = slow.wait(patience);
    REQUIRE(code);
    CAPTURE(slow.output());
    CHECK(*code == 0);
    CHECK(node.phase() == "exited");
    CHECK(node.redis.cli({"HGET", "nexus:job:s1", "attempts"}) == "1");
}

TEST_CASE("a runtime goes on where the backup that held it was killed") {
    Node node;
    node.runner.start();
    node.provision();
    SUBCASE("while the daemon runs") {
        CHECK(run(node.command({"backup"}, {{"NEXUS_KILL_AT", "after_runtime_held:1"}})).code ==
              137);
    }
    SUBCASE("while it does not") {
        REQUIRE(node.runner.stop() == 0);
        CHECK(run(node.command({"backup"}, {{"NEXUS_KILL_AT", "after_runtime_held:1"}})).code ==
              137);
        CHECK(node.phase() == "paused");
        node.runner.start();
    }
    wait_until([&] { return node.phase() == "running"; }, std::chrono::seconds(10),
               "the daemon lets it go on");
    CHECK(at(node.runner.job({"backup", "acme"}), "/status") == "succeeded");
}

TEST_CASE("a backup starts nothing of a tenant that another node has meanwhile") {
    Node node;
    node.runner.start();
    node.provision();
    REQUIRE(at(node.runner.job({"stop", "acme"}), "/status") == "succeeded");
    CHECK(node.runner.stop() == 0);
    write_file(node.runner.state_dir() + "/elsewhere", "acme\n");
    const auto held = node.runner.state_dir() + "/held/acme.json";
    write_file(held, R"({"v":1,"kind":"stopped","session_sha256":"","state_sha256":"",)"
                     R"("generation":0,"session_made":false,"state_made":false,"ran":false})");
    node.back_up();
    CHECK(node.phase() == "exited");
    CHECK(std::filesystem::exists(held));
    std::filesystem::remove(node.runner.state_dir() + "/elsewhere");
    node.back_up();
    CHECK(node.phase() == "running");
    CHECK_FALSE(std::filesystem::exists(held));
}

TEST_CASE("a worker whose BACKUP_DIR cannot be made works, and its backups say why not") {
    Node node;
    write_file(node.folder / "file", "");
    node.runner.env()["BACKUP_DIR"] = node.folder / "file/backups";
    node.runner.start();
    node.provision();
    const auto failed = node.runner.job({"backup", "acme"});
    CHECK(at(failed, "/error/code") == "internal");
    CHECK(contains(at(failed, "/error/message"), "BACKUP_DIR"));
    CHECK(at(node.runner.job({"stop", "acme"}), "/status") == "succeeded");
    CHECK(node.backup_metric("last_verified_timestamp_seconds") == 0);
}
