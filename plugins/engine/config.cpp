#include "engine/config.hpp"

#include <algorithm>
#include <nexus/backend.hpp>
#include <nexus/codec.hpp>
#include <thread>

namespace nexus::engine {
namespace {

constexpr std::int64_t most_parallel = 1024;

}  // namespace

template <typename Visit, codec::Is<Config> T>
void members(Visit& visit, T& value) {
    visit("endpoint", value.endpoint);
    visit("max_parallel", value.max_parallel);
    visit("volume_access", value.volume_access);
}

Config parse_config(std::string_view json, std::string_view plugin, std::string endpoint) {
    Config config;
    try {
        if (!json.empty()) config = codec::decode<Config>(json);
    } catch (const codec::Malformed& problem) {
        throw BackendError(
            Code::invalid,
            "the " + std::string(plugin) + " plugin's configuration: " + problem.what(), false);
    }
    if (config.endpoint.empty()) config.endpoint = std::move(endpoint);
    if (config.max_parallel < 0 || config.max_parallel > most_parallel) {
        throw BackendError(Code::invalid,
                           "max_parallel: must be from 1 to " + std::to_string(most_parallel),
                           false);
    }
    if (config.volume_access != "auto" && config.volume_access != "archive") {
        throw BackendError(Code::invalid, "volume_access: must be auto or archive", false);
    }
    if (config.max_parallel == 0) {
        config.max_parallel = std::max<std::int64_t>(1, std::thread::hardware_concurrency());
    }
    return config;
}

}  // namespace nexus::engine
