// dead list and show: the jobs that will not run again.
#include "cli/dead.hpp"

#include <unistd.h>

#include <cstdio>

#include "app/start_failure.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/utf8.hpp"
#include "cli/client.hpp"
#include "cli/printable.hpp"
#include "cli/table.hpp"
#include "queue/dead_letters.hpp"

namespace nexus::cli {
namespace {

struct ListOptions {
    std::string reason;
    std::size_t limit = 100;
};

void print_json(const std::vector<queue::DeadLetter>& letters) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& letter : letters) {
        writer.begin_object()
            .member("id", letter.id)
            .member("reason", letter.reason)
            .member("error", letter.error)
            .member("attempts", letter.attempts)
            .member("node", letter.node)
            .member("failed_at", letter.failed_at)
            .member("job_id", letter.job_id)
            .member("tenant_id", letter.tenant_id)
            .member("action", letter.action)
            .member("bytes", letter.bytes)
            .end_object();
    }
    print_line(writer.end_array().text());
}

void print_table(const std::vector<queue::DeadLetter>& letters) {
    Table table({"ID", "FAILED", "REASON", "TENANT", "ACTION", "JOB", "NODE", "ERROR"});
    for (const auto& letter : letters) {
        table.add({letter.id, letter.failed_at, letter.reason, letter.tenant_id, letter.action,
                   letter.job_id, letter.node, letter.error});
    }
    table.print();
}

int list(Client& client, const ListOptions& options, bool as_json) {
    const auto letters = queue::newest_dead_letters(client.connection(), client.keys(),
                                                    options.reason, options.limit);
    as_json ? print_json(letters) : print_table(letters);
    return app::exit_done;
}

void show_json(const std::string& id, const queue::Fields& fields) {
    json::Writer writer;
    writer.begin_object().member("id", id);
    for (const auto& [name, value] : fields) {
        // JSON has no bytes.
        if (name == "job" && !is_utf8(value)) {
            writer.member("job_base64", to_base64(value));
        } else {
            writer.member(name, value);
        }
    }
    print_line(writer.end_object().text());
}

// The job comes last, as it is where no terminal would obey it.
void show_text(const std::string& id, const queue::Fields& fields) {
    constexpr int widest_name = 10;
    std::printf("%-*s %s\n", widest_name, "id", id.c_str());
    std::string job;
    for (const auto& [name, value] : fields) {
        if (name == "job") {
            job = value;
        } else {
            std::printf("%-*s %s\n", widest_name, printable(name).c_str(),
                        printable(value).c_str());
        }
    }
    if (::isatty(STDOUT_FILENO) != 0) job = printable(job);
    std::printf("%-*s ", widest_name, "job");
    std::fwrite(job.data(), 1, job.size(), stdout);
    print_line("");
}

int show(Client& client, const std::string& id, bool as_json) {
    const auto fields = queue::read_dead_letter(client.connection(), client.keys(), id);
    if (!fields) {
        throw app::StartFailure(app::exit_failed, "there is no dead letter " + id +
                                                      "; nexus-runner dead list shows the newest");
    }
    as_json ? show_json(id, *fields) : show_text(id, *fields);
    return app::exit_done;
}

void add_list(Command dead, CommandLine& line) {
    const auto command =
        dead.add_subcommand("list", "Show the newest ones, the last that died first");
    auto options = std::make_shared<ListOptions>();
    command.add_option("--reason", options->reason,
                       "Only those that died of this: malformed, attempts, deadline or poison");
    command.add_option("--limit", options->limit, "At most so many (default: 100)")
        .in_range(1, 1000000);
    command.callback([&line, options] {
        line.run = [&line, options] {
            return with_redis(line,
                              [&](Client& client) { return list(client, *options, line.json); });
        };
    });
}

void add_show(Command dead, CommandLine& line) {
    const auto command = dead.add_subcommand(
        "show",
        "Print all of one, with the job as its producer wrote it; into a pipe or a file "
        "byte by byte");
    auto id = std::make_shared<std::string>();
    command.add_option("ID", *id, "As dead list prints it")
        .required()
        .check(&dead_letter_id_problem);
    command.callback([&line, id] {
        line.run = [&line, id] {
            return with_redis(line, [&](Client& client) { return show(client, *id, line.json); });
        };
    });
}

}  // namespace

std::string dead_letter_id_problem(const std::string& text) {
    if (queue::is_dead_letter_id(text)) return "";
    return "\"" + printable(text) + "\" is no dead letter's id, which is like 1700000000000-0";
}

void add_dead(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "dead", "Show the jobs that will not run again, run them once more, or drop them");
    command.require_subcommand();
    add_list(command, line);
    add_show(command, line);
    add_dead_changes(command, line);
}

}  // namespace nexus::cli
