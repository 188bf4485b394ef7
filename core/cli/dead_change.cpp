// dead requeue and drop: what an operator does about the jobs that will not run again.
#include <algorithm>
#include <cstdio>

#include "app/start_failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/dead.hpp"
#include "cli/progress_line.hpp"
#include "queue/dead_letters.hpp"

namespace nexus::cli {
namespace {

struct Chosen {
    std::vector<std::string> ids;
    bool all = false;
    std::string reason;  // with `all`; empty: any
    bool yes = false;    // of drop
};

struct Outcome {
    std::size_t chosen = 0;
    std::size_t done = 0;
    std::vector<std::string> gone;
    std::vector<std::string> malformed;
};

void require_choice(const Chosen& chosen) {
    if (chosen.all == chosen.ids.empty()) {
        if (chosen.all || chosen.reason.empty()) return;
        throw app::StartFailure(app::exit_usage, "--reason goes with --all, not with IDs");
    }
    throw app::StartFailure(app::exit_usage,
                            "name the IDs that dead list prints, or give --all; not both");
}

std::vector<std::string> find(Client& client, const Chosen& chosen) {
    if (!chosen.all) return chosen.ids;
    return queue::dead_letter_ids(client.connection(), client.keys(), chosen.reason);
}

// Calls `change` with some ids at a time, so that no call keeps Redis from others for long, and
// shows how far it is.
void in_batches(const std::vector<std::string>& ids,
                const std::function<void(const std::vector<std::string>&)>& change) {
    constexpr std::size_t a_call = 20;
    ProgressLine shown;
    for (std::size_t from = 0; from < ids.size(); from += a_call) {
        if (from > 0) shown.show(std::to_string(from) + " of " + std::to_string(ids.size()));
        const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(from);
        const auto size = std::min(a_call, ids.size() - from);
        change({begin, begin + static_cast<std::ptrdiff_t>(size)});
    }
}

std::string first_of(const std::vector<std::string>& ids) {
    constexpr std::size_t most = 10;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, ids.size()); ++i)
        text += " " + ids[i];
    if (ids.size() > most) text += " and " + std::to_string(ids.size() - most) + " more";
    return text;
}

int report(const char* verb, const Outcome& outcome, bool as_json) {
    if (as_json) {
        json::Writer writer;
        writer.begin_object().member(verb, static_cast<std::int64_t>(outcome.done));
        for (const auto& [name, ids] :
             {std::pair{"gone", &outcome.gone}, std::pair{"malformed", &outcome.malformed}}) {
            writer.begin_array(name);
            for (const auto& id : *ids)
                writer.value(id);
            writer.end_array();
        }
        print_line(writer.end_object().text());
    } else {
        print_line(std::string(verb) + " " + std::to_string(outcome.done) + " of " +
                   std::to_string(outcome.chosen));
    }
    if (!outcome.gone.empty()) {
        std::fprintf(stderr, "nexus-runner: there is no dead letter%s\n",
                     first_of(outcome.gone).c_str());
    }
    if (!outcome.malformed.empty()) {
        std::fprintf(stderr,
                     "nexus-runner: malformed, so they cannot run and were left:%s; their producer "
                     "must send them anew, and nexus-runner dead drop removes them\n",
                     first_of(outcome.malformed).c_str());
    }
    return outcome.done == outcome.chosen ? app::exit_done : app::exit_failed;
}

int requeue(Client& client, const Chosen& chosen, bool as_json) {
    using queue::Requeued;
    const auto ids = find(client, chosen);
    Outcome outcome{ids.size(), 0, {}, {}};
    in_batches(ids, [&](const std::vector<std::string>& batch) {
        const auto answers = queue::requeue_dead_letters(client.connection(), client.keys(), batch);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (answers[i] == Requeued::done) ++outcome.done;
            if (answers[i] == Requeued::gone) outcome.gone.push_back(batch[i]);
            if (answers[i] == Requeued::malformed) outcome.malformed.push_back(batch[i]);
        }
    });
    return report("requeued", outcome, as_json);
}

int drop(Client& client, const Chosen& chosen, bool as_json) {
    const auto ids = find(client, chosen);
    if (!chosen.yes) {
        throw app::StartFailure(app::exit_usage,
                                "this would remove " + std::to_string(ids.size()) +
                                    (ids.size() == 1 ? " dead letter" : " dead letters") +
                                    " for ever, with their jobs; add --yes to do it");
    }
    Outcome outcome{ids.size(), 0, {}, {}};
    in_batches(ids, [&](const std::vector<std::string>& batch) {
        const auto dropped = queue::drop_dead_letters(client.connection(), client.keys(), batch);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (dropped[i]) {
                ++outcome.done;
            } else {
                outcome.gone.push_back(batch[i]);
            }
        }
    });
    return report("dropped", outcome, as_json);
}

Command add_change(Command dead, CommandLine& line, const char* name, const char* about,
                   const std::shared_ptr<Chosen>& chosen,
                   int (*change)(Client&, const Chosen&, bool)) {
    const auto command = dead.add_subcommand(name, about);
    command.add_option("ID", chosen->ids, "As dead list prints them")
        .check(&dead_letter_id_problem);
    command.add_flag("--all", chosen->all, "All that there are now");
    command.add_option("--reason", chosen->reason, "With --all: only those that died of this");
    command.callback([&line, chosen, change] {
        line.run = [&line, chosen, change] {
            require_choice(*chosen);
            return with_redis(line,
                              [&](Client& client) { return change(client, *chosen, line.json); });
        };
    });
    return command;
}

}  // namespace

void add_dead_changes(Command dead, CommandLine& line) {
    add_change(dead, line, "requeue",
               "Put jobs back onto the intake as they were, where they run as if they were new",
               std::make_shared<Chosen>(), &requeue);
    auto chosen = std::make_shared<Chosen>();
    const auto command =
        add_change(dead, line, "drop", "Remove dead letters for ever", chosen, &drop);
    command.add_flag("--yes", chosen->yes, "Do it; without this, only say what would be removed");
}

}  // namespace nexus::cli
