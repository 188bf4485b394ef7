// What a command line may say: commands with their options and arguments. CLI11 reads it, whose
// headers take long to compile: command_parser.cpp alone includes them. Threads: one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): of CLI11
class App;
class Option;
}  // namespace CLI

namespace nexus::cli {

// Of a command; good for as long as the parser lives. A line that breaks one of its rules is wrong.
class Option {
  public:
    explicit Option(CLI::Option* option) : option_(option) {}

    Option required() const;
    Option excludes(const std::string& other) const;  // by its name in the same command
    Option one_of(const std::vector<std::string>& values) const;
    Option in_range(int least, int most) const;
    Option positive() const;
    // `problem` says what is wrong with a value, nothing where it is good; `type` is shown in help.
    Option check(std::string (*problem)(const std::string& value), const char* type = "") const;
    Option show_default() const;

  private:
    CLI::Option* option_;
};

// Good for as long as the parser lives. What a line says goes into variables, which must live as
// long. A name with dashes is an option's, one without an argument's.
class Command {
  public:
    explicit Command(CLI::App* command) : command_(command) {}

    Command add_subcommand(const std::string& name, const std::string& about) const;
    Option add_option(const std::string& name, std::string& value, const std::string& about) const;
    Option add_option(const std::string& name, std::vector<std::string>& values,
                      const std::string& about) const;
    Option add_option(const std::string& name, int& value, const std::string& about) const;
    Option add_option(const std::string& name, std::size_t& value, const std::string& about) const;
    Option add_option(const std::string& name, double& value, const std::string& about) const;
    Option add_flag(const std::string& name, bool& value, const std::string& about) const;
    void require_subcommand() const;
    void footer(const std::string& text) const;               // at the end of its help
    void callback(const std::function<void()>& named) const;  // where a line names it

  private:
    CLI::App* command_;
};

class CommandParser {
  public:
    CommandParser(const std::string& name, const std::string& about);
    ~CommandParser();

    // The program itself: a line names one of its subcommands or none, and its options anywhere.
    Command program() const { return Command(program_.get()); }

    // An exit code where the line asks for help or is wrong, and that is printed; nothing where it
    // is good.
    [[nodiscard]] std::optional<int> parse(int argc, const char* const* argv);

  private:
    std::unique_ptr<CLI::App> program_;
};

}  // namespace nexus::cli
