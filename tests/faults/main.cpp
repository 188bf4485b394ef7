// nexus-faults: does to a runner what production does, and counts what it lost, doubled or did out
// of order. README.md of this folder says how to use it.
#define DOCTEST_CONFIG_IMPLEMENT  // for the helpers of the tests that it shares
#include <doctest/doctest.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <random>
#include <utility>

#include "scenarios.hpp"
#include "support/unavailable.hpp"

namespace {

using namespace nexus::faults;

constexpr int exit_failed = 1;
constexpr int exit_skipped = 77;  // SKIP_RETURN_CODE in tests/faults/CMakeLists.txt
constexpr int exit_usage = 64;

struct Wishes {
    std::vector<std::string> names;
    Size size;
};

Size size_for(const Scenario& scenario, const Wishes& wishes) {
    Size size = scenario.usual;
    size.seed = wishes.size.seed;
    if (wishes.size.jobs > 0) size.jobs = wishes.size.jobs;
    if (wishes.size.tenants > 0) size.tenants = wishes.size.tenants;
    if (wishes.size.faults > 0) size.faults = wishes.size.faults;
    return size;
}

void print_head(std::uint64_t seed) {
    std::cout << "seed " << seed << "\n"
              << std::left << std::setw(14) << "scenario" << std::right << std::setw(8) << "jobs"
              << std::setw(9) << "results" << std::setw(6) << "lost" << std::setw(9) << "doubled"
              << std::setw(12) << "inversions" << std::setw(7) << "wrong" << std::setw(8)
              << "poison"
              << "  done to it" << std::endl;
}

// Each once, with how often it came; where there are many, the last of them.
void print_findings(const std::vector<std::string>& findings) {
    constexpr std::size_t shown = 60;
    std::map<std::string, std::size_t> times;
    for (const auto& finding : findings)
        ++times[finding];
    std::size_t left = times.size() > shown ? times.size() - shown : 0;
    if (left > 0) std::cout << "    (" << left << " more)\n";
    for (const auto& finding : findings) {
        const auto count = std::exchange(times[finding], 0);
        if (count == 0) continue;
        if (left > 0) {
            --left;
            continue;
        }
        std::cout << "    " << finding
                  << (count > 1 ? " (" + std::to_string(count) + " times)" : "") << std::endl;
    }
}

void print(const Scenario& scenario, const Report& report) {
    const auto& verdict = report.verdict;
    std::cout << std::left << std::setw(14) << scenario.name << std::right << std::setw(8)
              << verdict.jobs << std::setw(9) << verdict.results << std::setw(6) << verdict.lost
              << std::setw(9) << verdict.doubled << std::setw(12) << verdict.inversions
              << std::setw(7) << verdict.wrong << std::setw(8) << verdict.poisoned << "  "
              << report.note << std::endl;
    print_findings(verdict.findings);
}

// 0, exit_failed or exit_skipped.
int play(const Scenario& scenario, const Wishes& wishes) {
    try {
        const auto report = scenario.play(size_for(scenario, wishes));
        print(scenario, report);
        return report.verdict.clean() ? 0 : exit_failed;
    } catch (const nexus::test::Unavailable& error) {
        const char* required = std::getenv("NEXUS_REQUIRE_ENGINES");
        const bool must = required != nullptr && std::string_view(required) == "1";
        std::cout << std::left << std::setw(14) << scenario.name
                  << (must ? "FAILED: " : "SKIPPED: ") << error.what() << std::endl;
        return must ? exit_failed : exit_skipped;
    } catch (const std::exception& error) {
        std::cout << std::left << std::setw(14) << scenario.name << "FAILED: " << error.what()
                  << std::endl;
        return exit_failed;
    }
}

int play_all(const Wishes& wishes) {
    print_head(wishes.size.seed);
    int worst = 0;
    std::size_t skipped = 0;
    std::size_t played = 0;
    for (const auto& scenario : scenarios()) {
        const auto& names = wishes.names;
        if (!names.empty() && std::find(names.begin(), names.end(), scenario.name) == names.end())
            continue;
        const int code = play(scenario, wishes);
        ++played;
        if (code == exit_skipped) {
            ++skipped;
        } else {
            worst = std::max(worst, code);
        }
    }
    return worst == 0 && skipped == played ? exit_skipped : worst;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App app(
        "Kills, starves and cuts off a nexus-runner, and counts what it lost, doubled or did "
        "out of order. Exit 1 if any count is not 0.");
    Wishes wishes;
    wishes.size.seed = std::random_device()();
    std::set<std::string> names;
    std::string help = "One of these, once or more (default: all):";
    for (const auto& scenario : scenarios()) {
        names.insert(scenario.name);
        help += std::string("\n  ") + scenario.name + ": " + scenario.what;
    }
    app.add_option("--scenario", wishes.names, help)->check(CLI::IsMember(names));
    app.add_option("--seed", wishes.size.seed, "The same jobs and the same schedule again");
    app.add_option("--jobs", wishes.size.jobs, "How many jobs");
    app.add_option("--tenants", wishes.size.tenants, "Over how many tenants");
    app.add_option("--kills,--each,--faults", wishes.size.faults,
                   "How many kills, kills a point, restarts and so on");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;
    }
    return play_all(wishes);
}
