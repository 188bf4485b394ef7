#include "stage.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "support/wait_until.hpp"

namespace nexus::faults {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

std::string content(const std::string& path) {
    return std::filesystem::exists(path) ? test::read_file(path) : "";
}

redis::Endpoint at_port(std::uint16_t port) {
    redis::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = port;
    return endpoint;
}

}  // namespace

Stage::Stage(test::RedisOptions options, const test::Environment& changes)
    : redis(std::move(options)),
      runner(redis, {{"BACKEND_CONFIG", backend_config(folder)}, {"CONCURRENCY", "8"}}),
      client([this] { return at_port(redis.port()); }) {
    for (const auto& [name, value] : changes)
        runner.env()[name] = value;
}

std::string Stage::backend_config(const test::TempDir& folder, const std::string& more) {
    return R"({"latency_ms":2,"state_file":")" + (folder / "engine") + R"(","journal":")" +
           (folder / "journal") + R"(","effects":")" + (folder / "effects") + "\"" + more + "}";
}

void Stage::launch() {
    log_ += runner.log();
    runner.launch();
}

void Stage::kill() {
    runner.kill();
    evidence.kills.push_back(wall_now());
}

void Stage::lives_for(milliseconds time) {
    constexpr seconds before_restart(1);
    const auto code = runner.process().wait(time);
    if (!code) return;
    findings.push_back("the runner ended by itself with " + std::to_string(*code) +
                       "; its last words: " + runner.last_words());
    std::this_thread::sleep_for(before_restart);
    launch();
}

void Stage::add(std::size_t count) {
    const auto from = evidence.jobs.size();
    const auto jobs = std::span(planned).subspan(from, std::min(count, left()));
    client.add(jobs);
    evidence.jobs.insert(evidence.jobs.end(), jobs.begin(), jobs.end());
}

bool Stage::settled() {
    if (client.backlog("n1") > 0) return false;
    std::set<std::string> done = evidence.may_be_lost;
    for (const auto& result : client.results())
        done.insert(result.job);
    return std::all_of(evidence.jobs.begin(), evidence.jobs.end(),
                       [&](const PlannedJob& job) { return done.count(job.id) > 0; });
}

void Stage::settle() {
    constexpr seconds patience(30);  // longer than any wait of a runner that reconnects
    constexpr milliseconds between_looks(200);
    auto end = steady_clock::now() + patience;
    for (auto seen = client.answered(); steady_clock::now() < end && !settled();) {
        progress(1, between_looks);
        lives_for(milliseconds(0));
        if (client.answered() != seen) end = steady_clock::now() + patience;
        seen = client.answered();
    }
}

void Stage::progress(std::size_t count, milliseconds most) {
    const auto target = client.answered() + count;
    test::holds_within(most, [&] { return client.answered() >= target; });
}

Verdict Stage::finish() {
    settle();
    // Before that it has no say in how a signal ends it.
    test::holds_within(seconds(20), [&] {
        return !runner.process().running() || test::contains(runner.log(), R"("ready")");
    });
    if (const int code = runner.stop(); code != 0) {
        findings.push_back("it ended with " + std::to_string(code) + " where SIGTERM asks for 0");
    }
    return judge();
}

Verdict Stage::judge() {
    evidence.results = client.results();
    evidence.journal = read_journal(content(folder / "journal"));
    evidence.effects = read_effects(content(folder / "effects"));
    evidence.engine = read_engine(content(folder / "engine"));
    evidence.placed = client.placed();
    Verdict verdict = faults::judge(evidence);
    for (auto& finding : findings)
        verdict.add_wrong(std::move(finding));
    if (verdict.clean()) return verdict;
    verdict.findings.push_back("its last words: " + runner.last_words());
    keep();
    return verdict;
}

// For whoever looks into a finding: everything that it was found in.
void Stage::keep() const {
    const char* const folder_to_keep = std::getenv("NEXUS_FAULTS_KEEP");
    if (folder_to_keep == nullptr) return;
    std::string jobs;
    for (const auto& job : evidence.jobs)
        jobs += job.text + "\n";
    std::string results;
    for (const auto& result : evidence.results) {
        results += result.job + " " + result.status + " " + result.code + "\n";
    }
    test::write_file(folder / "jobs", jobs);
    test::write_file(folder / "results", results);
    test::write_file(folder / "log", log_ + runner.log());
    std::filesystem::copy(folder.path(), folder_to_keep,
                          std::filesystem::copy_options::recursive |
                              std::filesystem::copy_options::overwrite_existing);
}

}  // namespace nexus::faults
