// nexus-runner restore: which node a tenant comes back to, what becomes of its place in Redis, and
// what the command says. On a real Redis, with the simulated engine.
#include <doctest/doctest.h>

#include <filesystem>
#include <set>

#include "runner.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

// Two workers, each with an engine and folders of its own, and one BACKUP_DIR.
struct Workers {
    GuardedRedis redis{{}, {"n1", "n2"}};
    TempDir folder;
    Runner n1 = make("n1");
    Runner n2 = make("n2");

    Runner make(const std::string& name) const {
        return {redis,
                {{"NODE_NAME", name},
                 {"REDIS_URL", redis.node_url(name)},
                 {"BACKUP_DIR", folder / "backups"},
                 {"BACKEND_CONFIG", R"({"state_file":")" + (folder / name) + "\"}"}}};
    }
    static Finished without_redis(const Runner& runner, std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), Runner::program());
        auto env = runner.env();
        env["REDIS_URL"] = "redis://default:password@127.0.0.1:1/0";
        return run({std::move(arguments), env});
    }
    static Finished succeeded(Finished finished) {
        CAPTURE(finished.out);
        CAPTURE(finished.err);
        REQUIRE(finished.code == 0);
        return finished;
    }
    // `act` does not do it, with this exit code and these words.
    static void refused(const Finished& finished, int code, const std::string& words) {
        CAPTURE(finished.out);
        CAPTURE(finished.err);
        CHECK(finished.code == code);
        CHECK(contains(finished.err, words));
    }
    void provision_and_back_up() {
        n1.start();
        for (const char* tenant : {"acme", "beta"})
            REQUIRE(at(n1.job({"provision", tenant}), "/status") == "succeeded");
        succeeded(n1.cli({"backup"}));
    }
    // The machine is gone, and its lease with it.
    void lose_n1() {
        n1.kill();
        redis.cli({"DEL", "nexus:node:n1"});
    }
    std::string node_of(const std::string& tenant) const {
        return redis.cli({"HGET", "nexus:tenants", tenant});
    }
    std::set<std::string> blobs() const {
        std::set<std::string> files;
        for (const auto& file : fs::directory_iterator(folder.path() / "backups/blobs"))
            files.insert(file.path());
        return files;
    }
    void damage_blobs(const std::set<std::string>& but = {}) const {
        for (const auto& file : blobs()) {
            if (!but.contains(file)) write_file(file, "nothing");
        }
    }
    // The id of the run that this command makes.
    static std::string backed_up(const Runner& runner, const std::string& tenant) {
        const auto made = succeeded(runner.cli({"backup", tenant, "--json"}));
        return at(json::parse(made.out, json::own_files), "/snapshot");
    }
};

}  // namespace

TEST_CASE_FIXTURE(Workers, "a new worker takes the tenants of one that is lost, and no others") {
    provision_and_back_up();
    n2.start();
    refused(n2.cli({"restore", "--all"}), 1, "beta: it is on node n1; restore it there or");
    refused(n2.cli({"restore", "--all", "--take-over"}), 1,
            "acme: it is on node n1, which holds its lease still");
    CHECK(node_of("acme") == "n1");
    CHECK(redis.cli({"HGET", "nexus:node:n2", "tenants"}) == "0");

    lose_n1();
    refused(n2.cli({"restore", "acme"}), 1, "it is on node n1");
    const auto restored = succeeded(n2.cli({"restore", "--all", "--take-over"}));
    CHECK(contains(restored.out, "2 tenants restored, 0 failed, 0 here already"));
    for (const char* tenant : {"acme", "beta"}) {
        CHECK(node_of(tenant) == "n2");
        const auto health = n2.job({"health", tenant});
        CHECK(at(health, "/detail") == "ok");
        CHECK(at(health, "/node") == "n2");
    }
    CHECK(redis.cli({"HGET", "nexus:node:n2", "tenants"}) == "2");
    CHECK(n2.http("/readyz").status == 200);

    const auto again = succeeded(n2.cli({"restore", "--all", "--take-over", "--json"}));
    CHECK(again.out == R"({"tenants":[],"restored":0,"failed":0,"kept":2})"
                       "\n");
    CHECK(at(n2.job({"delete", "beta"}), "/detail") == "deleted");
    wait_until([&] { return node_of("beta").empty(); }, seconds(10), "beta is nowhere");
    succeeded(n2.cli({"restore", "beta"}));
    CHECK(node_of("beta") == "n2");
    CHECK(redis.cli({"HGET", "nexus:node:n2", "tenants"}) == "2");
}

TEST_CASE_FIXTURE(Workers, "a worker that does not run gets its tenants back, and counts them") {
    provision_and_back_up();
    CHECK(n1.stop() == 0);
    fs::remove_all(n1.tenant_root());
    fs::remove(folder / "n1");
    fs::create_directories(n1.tenant_root());
    succeeded(n1.cli({"backup"}));  // before there is anything to back up
    const auto restored = succeeded(n1.cli({"restore", "--all"}));
    CHECK(contains(restored.out, "2 tenants restored"));
    CHECK(redis.cli({"EXISTS", "nexus:node:n1"}) == "0");
    n1.start();
    CHECK(redis.cli({"HGET", "nexus:node:n1", "tenants"}) == "2");
    CHECK(at(n1.job({"health", "acme"}), "/detail") == "ok");
}

TEST_CASE_FIXTURE(Workers, "a restore that fails gives the tenant's place back") {
    provision_and_back_up();
    damage_blobs();
    n2.start();
    SUBCASE("which nobody had") {
        redis.cli({"DEL", "nexus:tenants"});
        refused(n2.cli({"restore", "acme"}), 4, "; the tenant was not touched");
        CHECK(node_of("acme").empty());
    }
    SUBCASE("which a lost node had") {
        lose_n1();
        refused(n2.cli({"restore", "acme", "--take-over"}), 4, "is damaged");
        CHECK(node_of("acme") == "n1");
    }
    CHECK(redis.cli({"HGET", "nexus:node:n2", "tenants"}) == "0");
    CHECK_FALSE(fs::exists(n2.tenant_root() + "/acme"));
}

TEST_CASE_FIXTURE(Workers, "a damaged backup is refused with the command that restores another") {
    n1.start();
    REQUIRE(at(n1.job({"provision", "acme"}), "/status") == "succeeded");
    const auto whole = backed_up(n1, "acme");
    const auto good = blobs();
    // Both volumes are what they were, and so are their blobs: the folder alone is another one.
    REQUIRE(at(n1.job({"stop", "acme"}), "/status") == "succeeded");
    const auto damaged = backed_up(n1, "acme");
    const auto again = backed_up(n1, "acme");
    damage_blobs(good);
    const std::string command = "nexus-runner restore acme --snapshot " + whole;
    refused(
        n1.cli({"restore", "acme"}), 4,
        "; the tenant was not touched; the newest older run that is undamaged: " + command + "\n");
    refused(n1.cli({"restore", "acme", "--snapshot", damaged}), 4, command);
    CHECK(at(n1.job({"health", "acme"}), "/data/runtime/state") == "exited");

    n1.env()["RESTIC_REPOSITORY"] = folder / "restic";
    refused(n1.cli({"restore", "acme", "--as", "copy", "--snapshot", again}), 4,
            "nexus-runner restore acme --as copy --snapshot " + whole +
                "; the copy off-site: nexus-runner restore acme --as copy --off-site --snapshot " +
                again + "\n");
    const auto restored = succeeded(n1.cli({"restore", "acme", "--snapshot", whole}));
    CHECK(contains(restored.out, "acme: restored from " + whole));
    wait_until(
        [&] {
            return at(n1.job({"health", "acme"}), "/detail") == "ok";
        },
        seconds(10), "acme runs as it did");

    damage_blobs();
    refused(n1.cli({"restore", "acme"}), 4,
            "; no older run has all of acme undamaged; the copy off-site: nexus-runner restore "
            "acme --off-site\n");
}

TEST_CASE_FIXTURE(Workers, "Redis is needed for a tenant that is new on the node alone") {
    provision_and_back_up();
    const auto here = succeeded(without_redis(n1, {"restore", "acme", "--json"}));
    CHECK(contains(here.out, R"("tenant_id":"acme","source":"acme","restored":true)"));
    refused(without_redis(n1, {"restore", "acme", "--as", "copy"}), 69, "gets its place in Redis");
    CHECK_FALSE(fs::exists(n1.tenant_root() + "/copy"));

    succeeded(n1.cli({"restore", "acme", "--as", "copy"}));
    CHECK(node_of("copy") == "n1");
    CHECK(at(n1.job({"health", "copy"}), "/detail") == "ok");
    refused(n1.cli({"restore", "acme", "--as", "copy"}), 1, "choose another id");
    CHECK(node_of("copy") == "n1");
}

TEST_CASE_FIXTURE(Workers, "a drill says what it saw and notes it beside the run") {
    provision_and_back_up();
    const auto good = succeeded(n1.cli({"restore", "--drill", "--json"}));
    const auto report = json::parse(good.out, json::own_files);
    CHECK(report["ok"].GetBool());
    CHECK(report["tenants"].Size() == 2);
    const std::string noted =
        folder / ("backups/runs/" + at(report, "/snapshot") + "/verified.json");
    CHECK(contains(read_file(noted), R"("by":"drill")"));
    CHECK(contains(read_file(noted), R"("ok":true)"));
    CHECK(
        contains(succeeded(n1.cli({"restore", "acme", "--drill"})).out, "acme: could be restored"));

    damage_blobs();
    refused(n1.cli({"restore", "acme", "--drill"}), 4, "acme: the part folder");
    CHECK(contains(read_file(noted), R"("ok":false)"));
    CHECK(at(n1.job({"health", "acme"}), "/detail") == "ok");
}

TEST_CASE_FIXTURE(Workers, "a restore that makes no sense is a matter of usage") {
    const std::vector<std::string> lines[] = {
        {"restore"},
        {"restore", "acme", "--all"},
        {"restore", "--all", "--as", "copy"},
        {"restore", "acme", "--drill", "--as", "copy"},
        {"restore", "acme", "--drill", "--take-over"},
        {"restore", "NOT AN ID"},
        {"restore", "acme", "--as", "../copy"},
    };
    for (const auto& line : lines) {
        const auto finished = n1.cli(line);
        CAPTURE(finished.err);
        CHECK(finished.code == 64);
    }
    refused(n1.cli({"restore", "acme"}), 1, "there is no backup of acme");
    refused(n1.cli({"restore", "--all"}), 1, "nexus-runner backup");
}
