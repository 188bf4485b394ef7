// What both engines say alike about volumes, images and new objects. Each parser takes the body of
// a success and throws codec::Malformed where it is not what it should be. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::engine {

// What an image is called, as repository:tag and as repository@digest.
struct ImageNames {
    std::string id;
    std::vector<std::string> tags;
    std::vector<std::string> digests;
};

ImageNames parse_image_names(std::string_view json);

// Without its mount point where something is mounted there when it is used.
VolumeState parse_volume(std::string_view json);

// The member `Id` of an image, a network, or a container that was just made.
std::string parse_id(std::string_view json);

// Throws codec::Malformed with `problem` unless `holds`.
void require(bool holds, const char* problem);

}  // namespace nexus::engine
