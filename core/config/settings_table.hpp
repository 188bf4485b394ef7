// One row a setting: the only list of them, from which the loader, check-config's print-out and the
// tests work. Threads: any.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace nexus::config {

struct SettingRow {
    std::string_view name;               // of the environment variable; a file has it in lower case
    std::string_view default_text = {};  // read like any other text; empty: not set
    std::string (*computed_default)(const Surroundings&) = nullptr;  // stands before default_text
    bool secret = false;                                             // also read from <NAME>_FILE
    bool required = false;
    // Reads `text`, which is never empty, into its member of the settings. Gives back why it
    // cannot, with the mend, in words that follow the setting's name.
    std::optional<std::string> (*store)(Settings& settings, std::string_view text) = nullptr;

    std::string key() const;  // the name in a properties file
};

std::span<const SettingRow> settings_table();

}  // namespace nexus::config
