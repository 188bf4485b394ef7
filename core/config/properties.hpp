// The settings file: properties, whose keys are the settings' names in lower case. Threads: any.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::config {

struct Properties {
    std::string path;                           // empty: there is no file
    std::map<std::string, std::string> values;  // by key
};

// At most 1 MiB. Throws std::runtime_error with the path and the mend where the file is not there
// or cannot be read.
Properties read_properties(const std::string& path);

// The one of `known`, which is not empty, that takes the fewest single-letter changes to reach.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace nexus::config
