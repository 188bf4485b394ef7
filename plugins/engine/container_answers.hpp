// What both engines say about containers, in nearly the same words. Each parser takes the body of a
// success and throws codec::Malformed where it is not what it should be. Threads: any.
#pragma once

#include <cstdint>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::engine {

struct InspectedContainer {
    ContainerState state;
    bool tty = false;               // its log stream has no frames then
    std::int64_t memory_limit = 0;  // in bytes; 0: none
};

// What a container was made from; both empty where that was no image.
struct UsedImage {
    std::string name;
    std::string id;
};

InspectedContainer parse_container(std::string_view json);
std::vector<ContainerState> parse_containers(std::string_view json);
// The same listing. One that leaves an image out is malformed: it must not pass for unused.
std::vector<UsedImage> parse_used_images(std::string_view json);

}  // namespace nexus::engine
