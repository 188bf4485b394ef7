#include "backup/restic.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "archive/text.hpp"
#include "backup/manifest.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "config/settings_table.hpp"

namespace nexus::backup {
namespace {

constexpr std::size_t most_said = 64U << 10U;
constexpr std::size_t most_listed = 64U << 20U;  // a hundred thousand snapshots

bool is_ours_and_secret(std::string_view name) {
    const auto rows = config::settings_table();
    return std::any_of(rows.begin(), rows.end(), [name](const config::SettingRow& row) {
        return row.secret && (name == row.name || name == std::string(row.name) + "_FILE");
    });
}

// Of restic's own and of the storage behind it: RESTIC_PASSWORD, AWS_SECRET_ACCESS_KEY, …
bool sounds_secret(std::string_view name) {
    constexpr std::array<std::string_view, 6> words{"PASSWORD", "SECRET",     "TOKEN",
                                                    "KEY",      "CREDENTIAL", "SAS"};
    constexpr std::array<std::string_view, 2> no_values{"_FILE", "_COMMAND"};
    return std::any_of(words.begin(), words.end(),
                       [&](auto word) { return name.find(word) != std::string_view::npos; }) &&
           std::none_of(no_values.begin(), no_values.end(),
                        [&](auto ending) { return name.ends_with(ending); });
}

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

// restic ends with its reason, after warnings and progress.
std::string_view reason(std::string_view err) {
    constexpr std::string_view mark = "Fatal: ";
    const auto at = err.rfind(mark);
    return at == std::string_view::npos ? err : err.substr(at + mark.size());
}

// In words that follow what restic said. Its exit codes above 3 are those of version 0.17 on.
std::string mend(std::string_view said, int exit_code) {
    const auto says = [said](std::string_view words) {
        return said.find(words) != std::string_view::npos;
    };
    if (says("wrong password") || says("empty password") || says("reading repository password") ||
        exit_code == 12) {
        return "; set RESTIC_PASSWORD_FILE or RESTIC_PASSWORD to the password that the repository "
               "was made with";
    }
    if (says("Is there a repository") || says("unable to open config file") || exit_code == 10) {
        return "; mount or reach what holds the repository, or, where there never was one, make it "
               "with: restic init";
    }
    if (says("already locked") || exit_code == 11) {
        return "; another restic works on the repository: try again when it is done, or, where "
               "none is, run: restic unlock";
    }
    return "";
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text.append(text.empty() ? "" : ",").append(word);
    return text;
}

std::vector<std::string> texts(const json::Reader& reader, std::string_view name) {
    std::vector<std::string> list;
    const json::Value* value = reader.find(name);
    if (value == nullptr) return list;
    if (!value->IsArray()) throw json::Error(reader.pointer(name), "must be an array");
    for (const auto& element : value->GetArray()) {
        if (!element.IsString()) throw json::Error(reader.pointer(name), "must hold strings");
        list.emplace_back(element.GetString(), element.GetStringLength());
    }
    return list;
}

// Of the last line that tells of a snapshot.
std::int64_t added_bytes(std::string_view out) {
    while (out.ends_with('\n'))
        out.remove_suffix(1);
    const auto document = json::parse(out.substr(out.rfind('\n') + 1), {most_said, 8});
    const json::Reader summary(document);
    if (summary.string("message_type") != "summary" || summary.string("snapshot_id").empty())
        throw json::Error("/snapshot_id", "is not there");
    return summary.integer("data_added");
}

}  // namespace

std::string without_logins(std::string_view text) {
    constexpr std::string_view scheme_end = "://";
    std::string clean;
    for (auto at = text.find(scheme_end); at != std::string_view::npos;
         at = text.find(scheme_end)) {
        clean.append(text.substr(0, at + scheme_end.size()));
        text.remove_prefix(at + scheme_end.size());
        const auto end = std::min(text.find_first_of("/ \t\n\"'"), text.size());
        const auto login_end = text.substr(0, end).rfind('@');
        if (login_end == std::string_view::npos) continue;
        clean.append("***");
        text.remove_prefix(login_end);
    }
    return clean.append(text);
}

std::vector<Restic::Snapshot> parse_snapshots(std::string_view text) {
    const auto document = json::parse(text, {most_listed, 8});
    if (!document.IsArray()) throw json::Error("", "must be an array");
    std::vector<Restic::Snapshot> snapshots;
    for (const auto& element : document.GetArray()) {
        const json::Reader reader(element, json::step("", std::to_string(snapshots.size())));
        Restic::Snapshot snapshot{reader.string("id"), reader.find_string("hostname").value_or(""),
                                  texts(reader, "tags")};
        // It becomes an argument of restic.
        if (!is_sha256(snapshot.id)) throw json::Error(reader.pointer("id"), "is no hash");
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

bool Restic::has_repository() {
    return is_set("RESTIC_REPOSITORY") || is_set("RESTIC_REPOSITORY_FILE");
}

Restic::Restic(int cancel_fd) : cancel_fd_(cancel_fd) {
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto name = text.substr(0, text.find('='));
        if (is_ours_and_secret(name) || name.size() == text.size()) continue;
        environment_.emplace_back(text);
        if (sounds_secret(name)) redactor_.add(std::string(text.substr(name.size() + 1)));
    }
}

ChildOutcome Restic::run(const std::vector<std::string>& arguments, const std::string& folder,
                         std::size_t most_output) const {
    ChildCommand command;
    command.argv = {"restic"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = environment_;
    command.folder = folder;
    command.most_output = most_output;
    ChildOutcome outcome;
    try {
        outcome = run_child(command, cancel_fd_);
    } catch (const std::system_error& error) {
        const bool missing = error.code() == std::errc::no_such_file_or_directory;
        throw Failure(ErrorCode::internal,
                      missing ? "restic is not installed, and RESTIC_REPOSITORY is set: apt-get "
                                "install restic"
                              : "restic could not be started: " + error.code().message());
    }
    if (outcome.signal != 0 || outcome.exit_code != 0)
        throw Failure(ErrorCode::internal, problem(arguments.at(0), outcome));
    return outcome;
}

std::string Restic::problem(const std::string& verb, const ChildOutcome& outcome) const {
    const std::string what = "restic " + verb;
    if (outcome.signal != 0) {
        return what + " was ended by signal " + std::to_string(outcome.signal) +
               " before it was done; it can be run again at any time";
    }
    const std::string said = redactor_.clean(without_logins(outcome.err));
    const std::string text = archive::short_text(reason(said));
    return what + " ended with code " + std::to_string(outcome.exit_code) +
           (text.empty() ? "" : ": " + text) + mend(said, outcome.exit_code);
}

std::int64_t Restic::backup(const std::string& folder, const std::vector<std::string>& tags,
                            const std::string& host) const {
    std::vector<std::string> arguments{"backup", "--json", "--host", host};
    for (const auto& tag : tags)
        arguments.insert(arguments.end(), {"--tag", tag});
    arguments.emplace_back(".");
    const auto outcome = run(arguments, folder, most_said);
    try {
        return added_bytes(outcome.out);
    } catch (const json::Error& error) {
        throw Failure(ErrorCode::internal,
                      std::string("restic backup did not tell of a snapshot: ") + error.what());
    }
}

std::vector<Restic::Snapshot> Restic::snapshots(const Wanted& wanted) const {
    std::vector<std::string> arguments{"snapshots", "--json", "--tag", joined(wanted.tags)};
    if (!wanted.host.empty()) arguments.insert(arguments.end(), {"--host", wanted.host});
    if (wanted.only_newest) arguments.insert(arguments.end(), {"--latest", "1"});
    const auto outcome = run(arguments, "", most_listed);
    if (outcome.cut) {
        throw Failure(ErrorCode::internal,
                      "restic has more snapshots than can be listed; remove old ones: restic "
                      "forget --tag nexus-runner --keep-daily 30 --prune");
    }
    try {
        return parse_snapshots(outcome.out);
    } catch (const json::Error& error) {
        throw Failure(ErrorCode::internal,
                      std::string("what restic snapshots printed cannot be read: ") + error.what());
    }
}

void Restic::restore(const std::string& id, const std::string& target) const {
    run({"restore", id, "--target", target}, "", most_said);
}

}  // namespace nexus::backup
