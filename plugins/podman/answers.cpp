#include "podman/answers.hpp"

#include <nexus/codec.hpp>
#include <optional>
#include <vector>

#include "archive/text.hpp"
#include "engine/object_answers.hpp"
#include "engine/only.hpp"

namespace nexus::podman {
namespace {

using Subnet = engine::Only<"subnet", std::string>;

struct Network {
    std::string id;
    std::string name;
    std::vector<Subnet> subnets;
    Labels labels;
};

template <typename Visit, codec::Is<Network> T>
void members(Visit& visit, T& value) {
    visit("id", value.id);
    visit("name", value.name);
    visit("subnets", value.subnets);
    visit("labels", value.labels);
}

struct Measures {
    std::string id;
    std::int64_t cpu_ns = 0;
    std::int64_t memory = 0;
    std::int64_t pids = 0;
    std::int64_t network_in = 0;
    std::int64_t network_out = 0;
};

template <typename Visit, codec::Is<Measures> T>
void members(Visit& visit, T& value) {
    visit("ContainerID", value.id);
    visit("CPUNano", value.cpu_ns);
    visit("MemUsage", value.memory);
    visit("PIDs", value.pids);
    visit("NetInput", value.network_in);
    visit("NetOutput", value.network_out);
}

using AllMeasures = engine::Only<"Stats", std::vector<Measures>>;

struct Removal {
    std::string id;
    std::optional<std::string> error;
};

template <typename Visit, codec::Is<Removal> T>
void members(Visit& visit, T& value) {
    visit("Id", value.id);
    visit("Err", value.error);
}

struct Unused {
    std::string mountpoint;
    bool needs_owner = false;
};

template <typename Visit, codec::Is<Unused> T>
void members(Visit& visit, T& value) {
    visit("Mountpoint", value.mountpoint);
    visit("NeedsChown", value.needs_owner);
}

}  // namespace

NetworkState parse_network(std::string_view json) {
    auto network = codec::decode<Network>(json);
    engine::require(!network.id.empty(), "/id: is missing");
    engine::require(!network.name.empty(), "/name: is missing");
    return {std::move(network.id), std::move(network.name),
            network.subnets.empty() ? "" : std::move(network.subnets.front().value),
            std::move(network.labels)};
}

Stats parse_stats(std::string_view json) {
    const auto all = codec::decode<AllMeasures>(json);
    engine::require(all.value.size() == 1, "/Stats: is not that of one container");
    const Measures& measures = all.value.front();
    engine::require(!measures.id.empty(), "/Stats/0/ContainerID: is missing");
    return {measures.cpu_ns, measures.memory,     0,
            measures.pids,   measures.network_in, measures.network_out};
}

std::optional<std::string> parse_unused_mountpoint(std::string_view json) {
    auto volume = codec::decode<Unused>(json);
    if (!volume.needs_owner) return std::nullopt;
    return std::move(volume.mountpoint);
}

std::string parse_removal(std::string_view json) {
    for (const auto& removal : codec::decode<std::vector<Removal>>(json)) {
        if (!removal.error) continue;
        const std::string reason = archive::short_text(*removal.error);
        return reason.empty() ? "the engine gave no reason" : reason;
    }
    return "";
}

}  // namespace nexus::podman
