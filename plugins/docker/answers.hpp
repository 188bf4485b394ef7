// Parsers of what the Docker Engine alone answers; the others are in plugins/engine. Each takes the
// body of a success and throws codec::Malformed where it is not what it should be. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::docker {

struct ListedNetwork {
    NetworkState state;
    std::string driver;
    std::string created;  // RFC 3339
};

ListedNetwork parse_network(std::string_view json);
std::vector<ListedNetwork> parse_networks(std::string_view json);

// `api_version` is left to the caller.
Info parse_info(std::string_view json);

// `memory_limit_bytes` is left to the caller.
Stats parse_stats(std::string_view json);

}  // namespace nexus::docker
