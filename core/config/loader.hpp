// Reads all settings at once: environment, settings file, secret files, defaults. Threads: any, but
// see Surroundings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/cross_checks.hpp"
#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace nexus::config {

struct EffectiveValue {
    std::string name;
    std::string shown;   // a secret as ***; empty: not set
    std::string source;  // "environment", "file /path", "secret file /path", "default"
};

struct Loaded {
    Settings settings;                   // fit for use only where there is no problem
    std::vector<EffectiveValue> values;  // in the order of the settings table
    std::vector<Problem> problems;       // all of them, not just the first
    std::vector<std::string> secrets;    // for the Redactor
};

// `config_file`: what --config names, which must be there; without it, the file at its usual place
// where there is one. Never throws for what a setting or a file holds.
Loaded load(const Surroundings& here, const std::optional<std::string>& config_file);

}  // namespace nexus::config
