// Where the text of one setting comes from: the environment first, then the settings file, and in
// each of the two either the setting itself or, for a secret, the file that <NAME>_FILE names.
// Threads: any.
#pragma once

#include <optional>
#include <string>

#include "config/properties.hpp"
#include "config/settings_table.hpp"

namespace nexus::config {

struct Found {
    std::string text;
    std::string source;                  // "environment", "file /path", "secret file /path"
    std::optional<std::string> problem;  // why there is no text; a whole sentence
};

// Nothing where no source has the setting. One that is set but empty counts as not set: compose
// passes those.
std::optional<Found> find_setting(const SettingRow& row, const Surroundings& here,
                                  const Properties& properties);

}  // namespace nexus::config
