// What the engine says about a container's health check; see answers.hpp.
#include <algorithm>
#include <nexus/codec.hpp>
#include <vector>

#include "engine/only.hpp"
#include "podman/answers.hpp"

namespace nexus::podman {
namespace {

using std::chrono::nanoseconds;

using Run = engine::Only<"End", std::string>;
using Health = engine::Only<"Log", std::vector<Run>>;
using State = engine::Only<"Health", Health>;

struct Definition {
    std::vector<std::string> test;
    std::int64_t interval = 0;
    std::int64_t timeout = 0;
};

template <typename Visit, codec::Is<Definition> T>
void members(Visit& visit, T& value) {
    visit("Test", value.test);
    visit("Interval", value.interval);
    visit("Timeout", value.timeout);
}

using Config = engine::Only<"Healthcheck", Definition>;

struct Container {
    State state;
    Config config;
};

template <typename Visit, codec::Is<Container> T>
void members(Visit& visit, T& value) {
    visit("State", value.state);
    visit("Config", value.config);
}

// 0 stands for what Docker and Podman do where an image does not say; more than a day is not meant.
nanoseconds duration(std::int64_t given) {
    constexpr std::chrono::seconds usual(30);
    if (given <= 0) return usual;
    return std::clamp<nanoseconds>(nanoseconds(given), std::chrono::milliseconds(100),
                                   std::chrono::hours(24));
}

}  // namespace

HealthCheck parse_health_check(std::string_view json) {
    const auto container = codec::decode<Container>(json);
    const auto& definition = container.config.value;
    const auto& runs = container.state.value.value;
    return {!definition.test.empty() && definition.test.front() != "NONE",
            duration(definition.interval), duration(definition.timeout),
            runs.empty() ? "" : runs.back().value};
}

}  // namespace nexus::podman
