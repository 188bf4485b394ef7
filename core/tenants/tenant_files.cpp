#include "tenants/tenant_files.hpp"

#include <algorithm>
#include <set>
#include <system_error>

#include "base/failure.hpp"
#include "base/json.hpp"

namespace nexus::tenants {
namespace {

constexpr mode_t private_folder = 0700;
constexpr mode_t private_file = 0600;
constexpr mode_t shared_folder = 0755;  // the runtime may run as any user
constexpr mode_t shared_file = 0644;
constexpr std::size_t longest_name = 128;
constexpr std::size_t most_items = 256;
constexpr std::size_t most_item_bytes = 8U << 20U;
// Linux starts no program with a longer NAME=value, its NUL counted.
constexpr std::size_t most_variable_bytes = 128U << 10U;
constexpr const char* env_json = "env.json";
constexpr const char* secret_name = "BRIDGE_SHARED_SECRET";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_env_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && !is_digit(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_item_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name &&
           (is_letter(name.front()) || is_digit(name.front())) &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
           });
}

[[noreturn]] void refuse(const std::string& message) {
    throw Failure(ErrorCode::invalid_config_item, message);
}

// A name that was refused is shown only as far as it is harmless to show.
std::string in_quotes(std::string_view name) {
    constexpr std::size_t shown = 40;
    std::string text(name.substr(0, shown));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return "\"" + text + (name.size() > shown ? "…\"" : "\"");
}

// What a runtime keeps from being removed, by writing in it all the time, must not keep its files
// from being written: it is left to the next time, and in the end to the tenant's removal.
void remove_leftovers(const Directory& folder, const char* name) {
    try {
        folder.remove_leftovers(name);
    } catch (const std::system_error&) {
        return;
    }
}

}  // namespace

void check_environment(const Environment& env) {
    for (const auto& [name, value] : env) {
        if (!is_env_name(name)) {
            refuse(
                "environment variable " + in_quotes(name) +
                ": a name has 1 to 128 letters, digits and underscores and begins with no digit");
        }
        if (name == "PATH" || name.rfind("LD_", 0) == 0) {
            refuse("environment variable " + name +
                   " is not allowed: PATH and LD_* would change which programs the runtime loads");
        }
        if (value.find('\0') != std::string::npos || value.find('\n') != std::string::npos) {
            refuse("environment variable " + name +
                   ": the value holds a newline or NUL; write a newline as \\n");
        }
        if (name.size() + value.size() + 2 > most_variable_bytes) {
            refuse("environment variable " + name + " is too long: name and value together have " +
                   std::to_string(name.size() + value.size()) + " bytes; at most " +
                   std::to_string(most_variable_bytes - 2) + " are allowed");
        }
    }
}

void check_items(const std::string& what, const std::vector<ConfigItem>& items) {
    if (items.size() > most_items) {
        refuse(what + ": " + std::to_string(items.size()) + " items; at most " +
               std::to_string(most_items) + " are allowed");
    }
    std::set<std::string_view> seen;
    std::size_t bytes = 0;
    for (const auto& item : items) {
        if (!is_item_name(item.name)) {
            refuse(what + ": the name " + in_quotes(item.name) +
                   " has other characters than letters, digits, '.', '_' and '-', begins with none "
                   "of the "
                   "first two, or is longer than 128");
        }
        if (!seen.insert(item.name).second)
            refuse(what + ": the name " + item.name + " occurs twice");
        bytes += item.content.size();
    }
    if (bytes > most_item_bytes) {
        refuse(what + ": " + std::to_string(bytes) + " bytes together; at most " +
               std::to_string(most_item_bytes) + " are allowed");
    }
}

void check_config(const ConfigRequest& request) {
    if (request.env) check_environment(*request.env);
    if (request.bridge_shared_secret) {
        check_environment({{secret_name, *request.bridge_shared_secret}});
    }
    if (request.prompts) check_items("prompts", *request.prompts);
    if (request.skills) check_items("skills", *request.skills);
}

Environment complete_environment(const Environment& requested, int bridge_port) {
    Environment env = requested;
    env.merge(Environment{{"NEXUS_CLI_ENABLED", "false"},
                          {"NEXUS_CONFIG_DIR", "/data/config"},
                          {"NEXUS_DATA_DIR", "/data/state"},
                          {"NEXUS_PROMPTS_DIR", "/data/config/prompts"},
                          {"NEXUS_SKILLS_DIR", "/data/config/skills"},
                          {"BRIDGE_HOST", "0.0.0.0"},
                          {"BRIDGE_PORT", std::to_string(bridge_port)},
                          {"BRIDGE_SESSION_DIR", "/data/session"}});
    return env;
}

Environment read_environment(const Directory& env_folder) {
    Environment env;
    const auto text = env_folder.read(environment_file, json::own_files.bytes);
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const auto equals = line.find('=');
        if (equals == std::string_view::npos || !is_env_name(line.substr(0, equals))) {
            throw Failure(ErrorCode::internal,
                          env_folder.path() + "/" + environment_file +
                              " holds a line that is not NAME=value; mend it, or "
                              "provision again with the whole runtime_env");
        }
        env.insert_or_assign(std::string(line.substr(0, equals)),
                             std::string(line.substr(equals + 1)));
    }
    return env;
}

TenantFiles::TenantFiles(const Directory& tenant_folder, Directory::Permit permit)
    : env_(tenant_folder.ensure(environment_folder, private_folder)),
      config_(tenant_folder.ensure(config_folder, shared_folder)),
      permit_(std::move(permit)) {}

void TenantFiles::write_environment(const Environment& env) const {
    std::string text;
    for (const auto& [name, value] : env)
        text.append(name).append("=").append(value).append("\n");
    permit_();
    remove_leftovers(env_, environment_file);
    env_.write(environment_file, text, private_file, permit_);
}

void TenantFiles::write_env_json(const Environment& env) const {
    permit_();
    remove_leftovers(config_, env_json);
    json::Writer writer;
    writer.begin_object();
    for (const auto& [name, value] : env) {
        if (name != secret_name) writer.member(name, value);
    }
    config_.write(env_json, writer.end_object().text(), shared_file, permit_);
}

template <typename Fill>
void TenantFiles::replace_set(const char* name, Fill fill) const {
    permit_();
    remove_leftovers(config_, name);
    const std::string fresh = Directory::temporary(name);
    const Directory set = config_.ensure(fresh, shared_folder);
    fill(set);
    set.sync();
    permit_();
    // The old set keeps the temporary name until the next replacement, for who is reading it.
    config_.replace(fresh, name);
}

void TenantFiles::replace_prompts(const std::vector<ConfigItem>& prompts) const {
    replace_set("prompts", [&](const Directory& set) {
        for (const auto& prompt : prompts)
            set.create(prompt.name + ".md", prompt.content, shared_file);
    });
}

void TenantFiles::replace_skills(const std::vector<ConfigItem>& skills) const {
    replace_set("skills", [&](const Directory& set) {
        for (const auto& skill : skills) {
            const Directory folder = set.ensure(skill.name, shared_folder);
            folder.create("SKILL.md", skill.content, shared_file);
            folder.sync();
        }
    });
}

}  // namespace nexus::tenants
