// Two processes for one node.
#include <csignal>
#include <filesystem>
#include <map>
#include <set>

#include "scenarios.hpp"
#include "stage.hpp"
#include "support/wait_until.hpp"

namespace nexus::faults {
namespace {

using std::chrono::seconds;

constexpr int lease_held = 75;

std::map<std::string, std::string> files_below(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const bool half_written = entry.path().extension() == ".tmp";
        if (entry.is_regular_file() && !half_written)
            files[entry.path()] = test::read_file(entry.path());
    }
    return files;
}

// The names of those that are not the same in both.
std::set<std::string> changed(const std::map<std::string, std::string>& before,
                              const std::map<std::string, std::string>& after) {
    std::set<std::string> names;
    for (const auto& [one, other] : {std::pair(&before, &after), std::pair(&after, &before)}) {
        for (const auto& [name, content] : *one) {
            const auto found = other->find(name);
            if (found == other->end() || found->second != content) names.insert(name);
        }
    }
    return names;
}

// What no process changes but one that does jobs.
std::string contents(Client& client) {
    std::string text;
    for (const char* stream :
         {"nexus:jobs", "nexus:node:n1:jobs", "nexus:results", "nexus:events"}) {
        const auto newest = client.call(redis::Command("XREVRANGE", stream, "+", "-", "COUNT", 1));
        text += std::string(stream) + " " +
                std::to_string(client.call(redis::Command("XLEN", stream)).integer()) + " " +
                (newest.array().empty() ? "" : newest.array()[0].array().at(0).text()) + "; ";
    }
    return text + "keys " + std::to_string(client.call(redis::Command("DBSIZE")).integer());
}

// The second process on the same tenants, with a copy of the engine: what the first one still does
// to its own stays there.
struct Successor {
    Successor(Stage& stage)
        : runner(stage.redis, {{"TENANT_ROOT", stage.runner.tenant_root()},
                               {"BACKEND_CONFIG", Stage::backend_config(folder)},
                               {"CONCURRENCY", "8"}}) {}
    test::TempDir folder;
    test::Runner runner;
};

void append_file(const std::string& to, const std::string& before, const std::string& from) {
    test::write_file(to, before + test::read_file(from));
}

}  // namespace

Report pause(const Size& size) {
    Stage stage;
    stage.planned = plan(load_of(size));
    stage.launch();
    stage.add(stage.left());
    stage.progress(size.jobs / 4, seconds(30));
    auto& first = stage.runner.process();
    first.signal(SIGSTOP);
    if (!test::holds_within(seconds(30), [&] {
            return stage.client.call(redis::Command("EXISTS", "nexus:node:n1")).integer() == 0;
        })) {
        stage.findings.emplace_back("the lease of a stopped process does not end");
    }

    Successor second(stage);
    const auto journal = test::read_file(stage.folder / "journal");
    const auto effects = test::read_file(stage.folder / "effects");
    test::write_file(second.folder / "engine", test::read_file(stage.folder / "engine"));
    second.runner.launch();
    stage.settle();

    const auto redis_before = contents(stage.client);
    const auto files_before = files_below(stage.runner.tenant_root());
    first.signal(SIGCONT);
    const auto code = first.wait(seconds(30));
    if (code != lease_held) {
        stage.findings.push_back("the stale process ended with " +
                                 std::to_string(code.value_or(-1)));
    }
    if (!test::contains(stage.runner.log(), "this runner ends: ")) {
        stage.findings.push_back("the stale process does not say why it ends");
    }
    // What was under way when the process was stopped may still end, and what it had just been let
    // begin is cancelled before it changes anything.
    std::set<std::string> under_way;
    for (const auto& line : read_journal(journal))
        under_way.insert(line.job + line.op);
    for (const auto& effect :
         read_effects(test::read_file(stage.folder / "effects").substr(effects.size()))) {
        if (under_way.count(effect.job + effect.op) != 0) continue;
        stage.findings.push_back("the stale process did " + effect.op + " for " + effect.job);
    }
    if (const auto after = contents(stage.client); after != redis_before) {
        stage.findings.push_back("Redis changed from " + redis_before + " to " + after);
    }
    for (const auto& file : changed(files_before, files_below(stage.runner.tenant_root())))
        stage.findings.push_back("the stale process changed " + file);
    if (const int end = second.runner.stop(); end != 0) {
        stage.findings.push_back("the second process ended with " + std::to_string(end));
    }
    append_file(stage.folder / "journal", journal, second.folder / "journal");
    append_file(stage.folder / "effects", effects, second.folder / "effects");
    append_file(stage.folder / "engine", "", second.folder / "engine");
    return {stage.judge(), "1 pause"};
}

Report twins(const Size& size) {
    Stage stage;
    stage.planned = plan(load_of(size));
    stage.launch();
    const auto a_twin = size.jobs / (size.faults + 1) + 1;
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.add(a_twin);
        stage.progress(a_twin / 2, seconds(20));
        Successor twin(stage);
        const bool same_folder = i % 2 == 0;
        if (same_folder) twin.runner.env()["STATE_DIR"] = stage.runner.state_dir();
        twin.runner.launch();
        const auto code = twin.runner.process().wait(seconds(20));
        if (code != lease_held) {
            stage.findings.push_back("the second process ended with " +
                                     std::to_string(code.value_or(-1)) + ": " +
                                     twin.runner.last_words());
        }
        stage.lives_for(milliseconds(0));
    }
    stage.add(stage.left());
    return {stage.finish(), counted(size.faults, "twin")};
}

}  // namespace nexus::faults
