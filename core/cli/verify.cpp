// verify: whether backups still are what they were when they were made.
#include <cstdio>
#include <set>

#include "app/backup_exit.hpp"
#include "backup/run_store.hpp"
#include "backup/verification.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/printable.hpp"
#include "cli/progress_line.hpp"
#include "cli/with_backup.hpp"

namespace nexus::cli {
namespace {

using backup::Run;
using Texts = std::vector<std::string>;

struct Chosen {
    std::vector<Run> runs;
    std::vector<std::pair<std::string, std::string>> unreadable;  // id → why
};

// Of one run, as it is printed.
struct Outcome {
    std::string id;
    std::int64_t tenants = 0;
    std::int64_t blobs = 0;
    std::int64_t bytes = 0;   // of their tars
    std::int64_t failed = 0;  // parts that the backup does not have
    Texts problems;
};

// False where there is no such run.
bool add(const backup::RunStore& runs, const std::string& id, Chosen& chosen) {
    try {
        auto run = runs.load(id);
        if (!run) return false;
        chosen.runs.push_back(std::move(*run));
    } catch (const Failure& failure) {
        chosen.unreadable.emplace_back(id, failure.what());
    }
    return true;
}

Chosen choose_all(const backup::RunStore& runs) {
    Chosen chosen;
    for (const auto& id : runs.list())
        add(runs, id, chosen);
    return chosen;
}

// The newest of the whole node, or every one where all are of single tenants; those that cannot be
// read and may be newer are a problem as well.
Chosen choose_latest(const backup::RunStore& runs) {
    Chosen chosen;
    const auto ids = runs.list();
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        add(runs, *id, chosen);
        if (chosen.runs.empty()) continue;
        if (chosen.runs.back().scope.empty()) return chosen;
        chosen.runs.clear();
    }
    return choose_all(runs);
}

std::string newest(const backup::RunStore& runs) {
    constexpr std::size_t most = 5;
    auto ids = runs.list();
    if (ids.size() > most) ids.erase(ids.begin(), ids.end() - most);
    std::string text;
    for (const auto& id : ids)
        text.append(text.empty() ? "; the newest are " : ", ").append(id);
    return text;
}

Chosen choose(const backup::BackupDir& dir, const std::string& which) {
    const backup::RunStore runs(dir);
    Chosen chosen;
    if (which == "all") {
        chosen = choose_all(runs);
    } else if (which == "latest") {
        chosen = choose_latest(runs);
    } else if (!add(runs, which, chosen)) {
        throw app::StartFailure(app::exit_failed, "there is no run \"" + printable(which) +
                                                      "\" in " + dir.path() + newest(runs));
    }
    if (chosen.runs.empty() && chosen.unreadable.empty()) {
        throw app::StartFailure(app::exit_failed, "there is no backup in " + dir.path() +
                                                      "; nexus-runner backup makes one");
    }
    return chosen;
}

Outcome outcome_of(const Run& run, Texts problems) {
    Outcome outcome;
    outcome.id = run.id;
    outcome.tenants = static_cast<std::int64_t>(run.tenants.size());
    outcome.problems = std::move(problems);
    std::set<std::string> blobs;
    for (const auto& tenant : run.tenants) {
        for (const auto& part : tenant.parts) {
            if (part.status == backup::PartStatus::failed)
                ++outcome.failed;
            else if (blobs.insert(part.sha256).second)
                outcome.bytes += part.tar_bytes;
        }
    }
    outcome.blobs = static_cast<std::int64_t>(blobs.size());
    return outcome;
}

std::vector<Outcome> verify(const backup::BackupDir& dir, const std::string& which, int cancel_fd) {
    const UniqueFd shared = dir.share_blobs(cancel_fd);
    const Chosen chosen = choose(dir, which);
    ProgressLine shown;
    const auto report = [&shown](const std::string& what, std::size_t done, std::size_t all) {
        shown.show("verifying blob " + std::to_string(done + 1) + " of " + std::to_string(all) +
                   ": " + what);
    };
    auto problems = backup::verify(dir, chosen.runs, "verify", report, cancel_fd);
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < problems.size(); ++i)
        outcomes.push_back(outcome_of(chosen.runs[i], std::move(problems[i])));
    for (const auto& [id, why] : chosen.unreadable) {
        outcomes.emplace_back().id = id;
        outcomes.back().problems.push_back(why);
    }
    return outcomes;
}

void print_json(const std::vector<Outcome>& outcomes) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& outcome : outcomes) {
        writer.begin_object()
            .member("snapshot", outcome.id)
            .member("ok", outcome.problems.empty())
            .member("tenants", outcome.tenants)
            .member("blobs", outcome.blobs)
            .member("bytes", outcome.bytes)
            .member("failed_parts", outcome.failed)
            .begin_array("problems");
        for (const auto& problem : outcome.problems)
            writer.value(problem);
        writer.end_array().end_object();
    }
    print_line(writer.end_array().text());
}

void print_text(const std::vector<Outcome>& outcomes) {
    for (const auto& outcome : outcomes) {
        const auto problems = static_cast<std::int64_t>(outcome.problems.size());
        std::string text =
            outcome.id + ": " + counted(outcome.tenants, "tenant") + ", " +
            counted(outcome.blobs, "blob") + ", " + shown_bytes(outcome.bytes) +
            (problems == 0 ? ", as it was made" : ", DAMAGED: " + counted(problems, "problem"));
        if (outcome.failed > 0)
            text += "; " + counted(outcome.failed, "part") + " failed to be backed up";
        print_line(text);
    }
}

int report(const std::vector<Outcome>& outcomes, bool as_json) {
    as_json ? print_json(outcomes) : print_text(outcomes);
    bool good = true;
    for (const auto& outcome : outcomes) {
        for (const auto& problem : outcome.problems) {
            std::fprintf(stderr, "nexus-runner: %s: %s\n", outcome.id.c_str(),
                         printable(problem).c_str());
            good = false;
        }
    }
    return good ? app::exit_done : app::exit_mismatch;
}

}  // namespace

void add_verify(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "verify", "Read backups again, every file of them, and compare them with what was noted");
    auto which = std::make_shared<std::string>("latest");
    command
        .add_option("ID", *which,
                    "The backup's id; latest: the newest of the whole node, or all where none is; "
                    "all: every one that is there, also those of single tenants")
        .show_default();
    command.footer(
        "Exit code 4 and a line on stderr for each part that is not what it was; the outcome is\n"
        "noted beside the backup, where prune and the metrics look. The runtimes are not touched:\n"
        "nexus-runner restore --drill tries that a backup can be restored.");
    command.callback([&line, which] {
        line.run = [&line, which] {
            return with_backup_dir(line, [&](const backup::BackupDir& dir,
                                             const config::Settings& /*settings*/, int cancel_fd) {
                return report(verify(dir, *which, cancel_fd), line.json);
            });
        };
    });
}

}  // namespace nexus::cli
