// Parsers of what the Docker Engine answers. Each takes the body of a success and throws
// codec::Malformed where it is not what it should be. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::docker {

// "1.41" as a value that can be compared.
struct ApiVersion {
    int major = 0;
    int minor = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees one in what the compiler writes
    auto operator<=>(const ApiVersion&) const = default;
    std::string text() const { return std::to_string(major) + "." + std::to_string(minor); }
};

// Nothing where `text` is no such version.
std::optional<ApiVersion> parse_api_version(std::string_view text);

struct InspectedContainer {
    ContainerState state;
    bool tty = false;  // its log stream has no frames then
};

InspectedContainer parse_container(std::string_view json);
std::vector<ContainerState> parse_containers(std::string_view json);

VolumeState parse_volume(std::string_view json);

struct ListedNetwork {
    NetworkState state;
    std::string driver;
    std::string created;  // RFC 3339
};

ListedNetwork parse_network(std::string_view json);
std::vector<ListedNetwork> parse_networks(std::string_view json);

// The member `Id` of an image, a network, or a container that was just made.
std::string parse_id(std::string_view json);

// `api_version` is left to the caller.
Info parse_info(std::string_view json);

}  // namespace nexus::docker
