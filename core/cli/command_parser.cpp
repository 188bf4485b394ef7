#include "cli/command_parser.hpp"

#include <CLI/CLI.hpp>

#include "app/start_failure.hpp"

namespace nexus::cli {

Option Option::required() const {
    return Option(option_->required());
}

Option Option::excludes(const std::string& other) const {
    return Option(option_->excludes(other));
}

Option Option::one_of(const std::vector<std::string>& values) const {
    return Option(option_->check(CLI::IsMember(values)));
}

Option Option::in_range(int least, int most) const {
    return Option(option_->check(CLI::Range(least, most)));
}

Option Option::positive() const {
    return Option(option_->check(CLI::PositiveNumber));
}

Option Option::check(std::string (*problem)(const std::string& value), const char* type) const {
    return Option(option_->check(CLI::Validator(problem, type)));
}

Option Option::show_default() const {
    return Option(option_->capture_default_str());
}

Command Command::add_subcommand(const std::string& name, const std::string& about) const {
    return Command(command_->add_subcommand(name, about));
}

Option Command::add_option(const std::string& name, std::string& value,
                           const std::string& about) const {
    return Option(command_->add_option(name, value, about));
}

Option Command::add_option(const std::string& name, std::vector<std::string>& values,
                           const std::string& about) const {
    return Option(command_->add_option(name, values, about));
}

Option Command::add_option(const std::string& name, int& value, const std::string& about) const {
    return Option(command_->add_option(name, value, about));
}

Option Command::add_option(const std::string& name, std::size_t& value,
                           const std::string& about) const {
    return Option(command_->add_option(name, value, about));
}

Option Command::add_option(const std::string& name, double& value, const std::string& about) const {
    return Option(command_->add_option(name, value, about));
}

Option Command::add_flag(const std::string& name, bool& value, const std::string& about) const {
    return Option(command_->add_flag(name, value, about));
}

void Command::require_subcommand() const {
    command_->require_subcommand(1);
}

void Command::footer(const std::string& text) const {
    command_->footer(text);
}

void Command::callback(const std::function<void()>& named) const {
    command_->callback(named);
}

CommandParser::CommandParser(const std::string& name, const std::string& about)
    : program_(std::make_unique<CLI::App>(about, name)) {
    program_->require_subcommand(0, 1);
    program_->fallthrough();
}

CommandParser::~CommandParser() = default;

std::optional<int> CommandParser::parse(int argc, const char* const* argv) {
    try {
        program_->parse(argc, argv);
        return std::nullopt;
    } catch (const CLI::ParseError& error) {
        return program_->exit(error) == 0 ? app::exit_done : app::exit_usage;
    }
}

}  // namespace nexus::cli
