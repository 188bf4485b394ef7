#include "cli/client.hpp"
#include "cli/command.hpp"
#include "jobs/schemas.hpp"

namespace nexus::cli {
namespace {

constexpr const char* whole_job = "job";

std::vector<std::string> known_names() {
    std::vector<std::string> names{whole_job};
    for (const auto action : jobs::all_actions)
        names.emplace_back(to_string(action));
    return names;
}

int print_schema(const std::string& name) {
    const auto action = jobs::parse_action(name);
    std::string text(action ? jobs::payload_schema_text(*action) : jobs::job_schema_text());
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    print_line(text);
    return 0;
}

}  // namespace

void add_schema(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "schema", "Print the JSON Schema that an action's payload is checked against");
    auto name = std::make_shared<std::string>();
    command.add_option("ACTION", *name, "The action, or `job` for the whole job")
        .required()
        .one_of(known_names());
    command.callback([&line, name] { line.run = [name] { return print_schema(*name); }; });
}

}  // namespace nexus::cli
