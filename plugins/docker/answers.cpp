#include "docker/answers.hpp"

#include <array>
#include <charconv>
#include <nexus/codec.hpp>

namespace nexus::docker {
namespace {

struct Identified {
    std::string id;
};

template <typename Visit, codec::Is<Identified> T>
void members(Visit& visit, T& value) {
    visit("Id", value.id);
}

struct Volume {
    std::string name;
    std::string mountpoint;
    Labels labels;
};

template <typename Visit, codec::Is<Volume> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("Mountpoint", value.mountpoint);
    visit("Labels", value.labels);
}

struct Pool {
    std::string subnet;
};

template <typename Visit, codec::Is<Pool> T>
void members(Visit& visit, T& value) {
    visit("Subnet", value.subnet);
}

struct AddressManagement {
    std::vector<Pool> pools;
};

template <typename Visit, codec::Is<AddressManagement> T>
void members(Visit& visit, T& value) {
    visit("Config", value.pools);
}

struct Network {
    std::string id;
    std::string name;
    std::string driver;
    std::string created;
    AddressManagement addresses;
    Labels labels;
};

template <typename Visit, codec::Is<Network> T>
void members(Visit& visit, T& value) {
    visit("Id", value.id);
    visit("Name", value.name);
    visit("Driver", value.driver);
    visit("Created", value.created);
    visit("IPAM", value.addresses);
    visit("Labels", value.labels);
}

void require(bool holds, const char* problem) {
    if (!holds) throw codec::Malformed(problem);
}

ListedNetwork to_network(const Network& network) {
    require(!network.id.empty(), "/Id: is missing");
    require(!network.name.empty(), "/Name: is missing");
    const auto& pools = network.addresses.pools;
    return {{network.id, network.name, pools.empty() ? "" : pools.front().subnet, network.labels},
            network.driver,
            network.created};
}

}  // namespace

std::optional<ApiVersion> parse_api_version(std::string_view text) {
    ApiVersion version;
    const char* const end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, version.major);
    if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
    if (minor.ec != std::errc() || minor.ptr != end) return std::nullopt;
    if (version.major < 0 || version.minor < 0) return std::nullopt;
    return version;
}

VolumeState parse_volume(std::string_view json) {
    const auto volume = codec::decode<Volume>(json);
    require(!volume.name.empty(), "/Name: is missing");
    return {volume.name, volume.mountpoint, volume.labels};
}

ListedNetwork parse_network(std::string_view json) {
    return to_network(codec::decode<Network>(json));
}

std::vector<ListedNetwork> parse_networks(std::string_view json) {
    std::vector<ListedNetwork> networks;
    for (const auto& network : codec::decode<std::vector<Network>>(json))
        networks.push_back(to_network(network));
    return networks;
}

std::string parse_id(std::string_view json) {
    auto identified = codec::decode<Identified>(json);
    require(!identified.id.empty(), "/Id: is missing");
    return std::move(identified.id);
}

}  // namespace nexus::docker
