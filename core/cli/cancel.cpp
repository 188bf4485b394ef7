#include "queue/cancel.hpp"

#include "app/start_failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"

namespace nexus::cli {
namespace {

bool has_ended(const std::string& state) {
    return state == "succeeded" || state == "failed" || state == "cancelled";
}

std::string sentence(const std::string& id, const std::string& state) {
    if (state.empty()) return "no job " + id + " is known yet; where one comes, it is cancelled";
    if (has_ended(state))
        return "job " + id + " has " + (state == "cancelled" ? "been " : "") + state + " already";
    return "job " + id + " was " + state + "; it is being cancelled, see: nexus-runner job " + id;
}

int cancel_job(Client& client, const std::string& id, bool as_json) {
    const std::string state =
        queue::cancel(client.connection(), client.keys(), id, client.ledger_ttl());
    json::Writer writer;
    writer.begin_object().member("job_id", id).member("state", state).end_object();
    print_line(as_json ? writer.text() : sentence(id, state));
    return has_ended(state) && state != "cancelled" ? app::exit_failed : app::exit_done;
}

}  // namespace

void add_cancel(Command program, CommandLine& line) {
    const auto command =
        program.add_subcommand("cancel",
                               "End a job: one that waits never starts, one that runs has "
                               "its call to the engine cancelled");
    auto id = std::make_shared<std::string>();
    command.add_option("ID", *id, "As it was given in the job, or printed by submit").required();
    command.callback([&line, id] {
        line.run = [&line, id] {
            return with_redis(line,
                              [&](Client& client) { return cancel_job(client, *id, line.json); });
        };
    });
}

}  // namespace nexus::cli
