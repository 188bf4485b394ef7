#include "config/loader.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "config/leftover.hpp"
#include "config/secrets.hpp"
#include "config/settings_table.hpp"
#include "config/sources.hpp"

namespace nexus::config {
namespace {

Properties open_properties(const Surroundings& here, const std::optional<std::string>& config_file,
                           std::vector<Problem>& problems) {
    if (!config_file && ::access(here.settings_file.c_str(), F_OK) != 0) return {};
    try {
        return read_properties(config_file.value_or(here.settings_file));
    } catch (const std::exception& error) {
        problems.push_back({"", std::string("the settings file cannot be used: ") + error.what()});
        return {};
    }
}

void refuse_unknown_keys(const Properties& properties, std::vector<Problem>& problems) {
    constexpr std::size_t shown = 64;
    std::vector<std::string> known;
    for (const auto& row : settings_table()) {
        known.push_back(row.key());
        if (row.secret) known.push_back(row.key() + "_file");
    }
    for (const auto& [key, value] : properties.values) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        problems.push_back({"", properties.path + " has the unknown key " + key.substr(0, shown) +
                                    "; did you mean " + nearest(key, known) + "?"});
    }
}

Found default_of(const SettingRow& row, const Surroundings& here) {
    return {row.computed_default != nullptr ? row.computed_default(here)
                                            : std::string(row.default_text),
            "default", std::nullopt};
}

// How a secret is shown; the default of one is none.
std::string shown(const SettingRow& row, const Found& found) {
    const bool hidden = row.secret && found.source != "default" && !found.text.empty();
    return hidden ? "***" : found.text;
}

// user:password@host that was written into the wrong setting is a secret there too, and so is the
// content of a file in the place of its path. An image's digest stands behind an '@' as well.
bool may_hold_secret(std::string_view text) {
    const auto at = text.rfind('@');
    const bool has_user = at != std::string_view::npos && !text.substr(at).starts_with("@sha256:");
    return has_user || text.starts_with('{') || text.starts_with("-----BEGIN");
}

void hide_secrets(EffectiveValue& value, std::string_view text, Loaded& loaded) {
    if (!may_hold_secret(text)) return;
    value.shown = "***";
    auto secrets = redis_url_secrets(text);
    std::move(secrets.begin(), secrets.end(), std::back_inserter(loaded.secrets));
}

std::optional<std::string> store(const SettingRow& row, Settings& settings,
                                 const std::string& text) {
    if (auto problem = leftover_problem(text)) return problem;
    return row.store(settings, text);
}

void load_row(const SettingRow& row, const Surroundings& here, const Properties& properties,
              Loaded& loaded) {
    const std::string name(row.name);
    const auto set = find_setting(row, here, properties);
    const Found found = set ? *set : default_of(row, here);
    loaded.values.push_back({name, shown(row, found), found.source});
    if (found.problem) {
        loaded.problems.push_back({name, *found.problem});
        return;
    }
    if (found.text.empty()) {
        if (row.required) loaded.problems.push_back({name, name + " is required; set it"});
        return;
    }
    if (row.secret && set) {
        auto secrets = secrets_of(row.name, found.text);
        std::move(secrets.begin(), secrets.end(), std::back_inserter(loaded.secrets));
    }
    if (const auto problem = store(row, loaded.settings, found.text)) {
        loaded.problems.push_back({name, name + " " + *problem});
        hide_secrets(loaded.values.back(), found.text, loaded);
    }
}

}  // namespace

Loaded load(const Surroundings& here, const std::optional<std::string>& config_file) {
    Loaded loaded;
    const Properties properties = open_properties(here, config_file, loaded.problems);
    refuse_unknown_keys(properties, loaded.problems);
    for (const auto& row : settings_table())
        load_row(row, here, properties, loaded);
    check_together(loaded.settings, here, loaded.problems);
    return loaded;
}

}  // namespace nexus::config
