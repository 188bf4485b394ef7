// The configuration of an engine's plugin. Threads: as plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nexus::engine {

struct Config {
    std::string endpoint;
    // How many containers are created or started at once. An engine gets no faster above the number
    // of processors, only fuller; 0 stands for that number.
    std::int64_t max_parallel = 0;
    // How the content of volumes is read and written: "auto" for their folders where those can be
    // seen from here, else the engine's archive API; "archive" for that in any case.
    std::string volume_access = "auto";
};

inline constexpr char config_schema[] = R"({
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "additionalProperties": false,
    "properties": {
        "endpoint": {"type": "string", "pattern": "^(unix:///|tcp://).+"},
        "max_parallel": {"type": "integer", "minimum": 1, "maximum": 1024},
        "volume_access": {"enum": ["auto", "archive"]}
    }
})";

// Reads what fits config_schema; empty text stands for {}. In the result max_parallel is never 0,
// and `endpoint` is the given one unless the text has another. Throws BackendError `invalid`.
Config parse_config(std::string_view json, std::string_view plugin, std::string endpoint);

}  // namespace nexus::engine
