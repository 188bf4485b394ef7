// What the engine says about networks; see answers.hpp.
#include <nexus/codec.hpp>

#include "docker/answers.hpp"
#include "engine/object_answers.hpp"
#include "engine/only.hpp"

namespace nexus::docker {
namespace {

using Pool = engine::Only<"Subnet", std::string>;
using AddressManagement = engine::Only<"Config", std::vector<Pool>>;

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

ListedNetwork to_network(const Network& network) {
    engine::require(!network.id.empty(), "/Id: is missing");
    engine::require(!network.name.empty(), "/Name: is missing");
    const auto& pools = network.addresses.value;
    return {{network.id, network.name, pools.empty() ? "" : pools.front().value, network.labels},
            network.driver,
            network.created};
}

}  // namespace

ListedNetwork parse_network(std::string_view json) {
    return to_network(codec::decode<Network>(json));
}

std::vector<ListedNetwork> parse_networks(std::string_view json) {
    std::vector<ListedNetwork> networks;
    for (const auto& network : codec::decode<std::vector<Network>>(json))
        networks.push_back(to_network(network));
    return networks;
}

}  // namespace nexus::docker
