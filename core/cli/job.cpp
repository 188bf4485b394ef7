#include "app/start_failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "queue/producer.hpp"

namespace nexus::cli {
namespace {

// The ledger entry as one object, the result as the object that it is.
std::string to_json(const std::string& id, const std::map<std::string, std::string>& ledger) {
    json::Writer writer;
    writer.begin_object().member("job_id", id);
    for (const auto& [name, value] : ledger) {
        if (name == "result") {
            writer.key(name).raw(value);
        } else {
            writer.member(name, value);
        }
    }
    return writer.end_object().text();
}

int show_job(Client& client, const std::string& id, bool as_json) {
    const auto ledger = queue::read_ledger(client.connection(), client.keys(), id);
    if (ledger.count("state") == 0) {  // empty, or nothing but a wish to cancel what may come
        throw app::StartFailure(app::exit_failed,
                                "no job " + id +
                                    " is known: it was never added, is not routed "
                                    "yet, or ended longer ago than LEDGER_TTL");
    }
    print_object(to_json(id, ledger), as_json);
    return ledger.at("state") == "failed" ? app::exit_failed : app::exit_done;
}

}  // namespace

void add_job(Command program, CommandLine& line) {
    const auto command =
        program.add_subcommand("job", "Show a job's state and, once it has ended, its result");
    auto id = std::make_shared<std::string>();
    command.add_option("ID", *id, "As it was given in the job, or printed by submit").required();
    command.callback([&line, id] {
        line.run = [&line, id] {
            return with_redis(line,
                              [&](Client& client) { return show_job(client, *id, line.json); });
        };
    });
}

}  // namespace nexus::cli
