// The runner behind real sentinels.
#include <doctest/doctest.h>

#include <optional>

#include "runner.hpp"
#include "support/sentinel.hpp"
#include "support/wait_until.hpp"

using namespace nexus;
using namespace nexus::test;
using std::chrono::seconds;

namespace {

constexpr int tenants = 4;

// One after the other over the tenants, with the ids provision-0, provision-1 ...
void add_jobs(const RedisServer& master, const std::string& action, int count) {
    for (int i = 0; i < count; ++i) {
        const std::string id = action + "-" + std::to_string(i);
        master.cli({"XADD", "nexus:jobs", "*", "job",
                    plain(action, id, "tenant-" + std::to_string(i % tenants))});
    }
}

int results_on(const RedisServer& server) {
    return std::stoi(server.cli({"XLEN", "nexus:results"}));
}

int times_in(const std::string& text, const std::string& part) {
    int times = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++times;
    return times;
}

// A runner with jobs under way when its master is replaced.
class FailoverTest {
  public:
    static constexpr int jobs = 20;

    explicit FailoverTest(const SentinelOptions& options) : group_(options) {
        auto settings = group_.settings();
        settings["BACKEND_CONFIG"] =
            R"({"latency_ms":80,"journal":")" + (folder_ / "journal") + R"("})";
        settings["CONCURRENCY"] = "2";
        runner_.emplace(group_.master(), settings);
        runner_->start();
        add_jobs(group_.master(), "provision", tenants);
        add_jobs(group_.master(), "restart", jobs);
        REQUIRE(group_.master().cli({"WAIT", std::to_string(options.replicas), "10000"}) ==
                std::to_string(options.replicas));
        wait_until([&] { return results_on(group_.master()) > tenants; }, seconds(20),
                   "it restarts tenants");
        REQUIRE(results_on(group_.master()) < tenants + jobs);
    }

    SentinelGroup& group() { return group_; }
    Runner& runner() { return *runner_; }

    // Every job has ended on the master of now, with one result, and none ran twice.
    void check_the_end() {
        wait_until([&] { return results_on(group_.master()) >= tenants + jobs; }, seconds(40),
                   "all have ended");
        const RedisServer& master = group_.master();
        const auto results = master.cli({"XRANGE", "nexus:results", "-", "+"});
        for (int i = 0; i < jobs; ++i) {
            const std::string id = "restart-" + std::to_string(i);
            CAPTURE(id);
            CHECK(times_in(results, R"("job_id":")" + id + '"') == 1);
            CHECK(master.cli({"HGET", "nexus:job:" + id, "state"}) == "succeeded");
        }
        CHECK(times_in(read_file(folder_ / "journal"), R"("op":"start")") == tenants + jobs);
    }

  private:
    TempDir folder_;
    SentinelGroup group_;
    std::optional<Runner> runner_;
};

}  // namespace

TEST_CASE("jobs go on when the master dies, and afterwards without the sentinels") {
    FailoverTest test({.password = "swordfish", .sentinel_password = true});
    test.group().kill_master();
    test.check_the_end();
    Runner& runner = test.runner();
    CHECK(at(runner.job({"stop", "tenant-0"}), "/detail") == "stopped");
    CHECK(runner.http("/readyz").status == 200);
    const RedisServer& master = test.group().master();
    test.group().stop_sentinels();
    CHECK(at(raw_job(master, "after", plain("start", "after", "tenant-0")), "/detail") ==
          "started");
    CHECK_FALSE(contains(runner.log(), "swordfish"));
}

TEST_CASE(
    "jobs go on when a living master is replaced, and with min-replicas-to-write none twice") {
    FailoverTest test({.replicas = 1, .sentinels = 1, .config = {"min-replicas-to-write 1"}});
    test.group().fail_over();
    test.check_the_end();
}

TEST_CASE("check-config names the master; what is wrong with the sentinels is refused by name") {
    SentinelGroup group({.replicas = 0, .sentinels = 1});
    const auto settings = group.settings();
    const RedisServer& master = group.master();
    const std::string server = "127.0.0.1:" + std::to_string(master.port());
    const auto with = [&](const char* name, const std::string& value) {
        auto changed = settings;
        changed[name] = value;
        return changed;
    };
    const Runner good(master, settings);
    const auto checked = good.cli({"check-config"});
    CAPTURE(checked.out);
    CHECK(checked.code == 0);
    CHECK(contains(checked.out, "Redis answers at master mymaster at " + server + "/0"));
    CHECK(contains(checked.out, "the host in REDIS_URL is not used"));
    CHECK(contains(checked.out, "min-replicas-to-write is 0"));

    const auto refused = [&](const Environment& changes, int code, const std::string& says) {
        Runner runner(master, changes);
        CHECK(runner.refusal() == code);
        CAPTURE(runner.log());
        CHECK(contains(runner.log(), says));
    };
    refused(with("REDIS_MASTER", "other"), 78, "knows no master named other; check REDIS_MASTER");
    refused(with("REDIS_SENTINELS", server), 78, "is no Sentinel; name the sentinels' own ports");
    group.stop_sentinels();
    refused(settings, 69, "check that it runs and that REDIS_SENTINELS leads there");
}
