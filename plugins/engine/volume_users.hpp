// Which containers use a volume. Each parser takes the body of a success and throws
// codec::Malformed where it is not what it should be. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nexus::engine {

// One inspected container.
struct VolumeUser {
    std::string container;
    bool stopped = false;  // nothing of it holds a volume open
    std::vector<std::string> volumes;
};

VolumeUser parse_volume_user(std::string_view json);

// The ids of listed containers.
std::vector<std::string> parse_ids(std::string_view json);

}  // namespace nexus::engine
