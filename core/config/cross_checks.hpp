// Rules that take more than one setting, or a look at the machine. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/surroundings.hpp"

namespace nexus::config {

struct Problem {
    std::string setting;  // its variable's name; empty where the settings file itself is the matter
    std::string message;  // a whole sentence with the mend; no secret in it
};

// Adds what is wrong to `problems`. A setting that could not be read, and so is as it was made,
// adds nothing more.
void check_together(const Settings& settings, const Surroundings& here,
                    std::vector<Problem>& problems);

}  // namespace nexus::config
