#include "engine/object_answers.hpp"

#include <map>
#include <nexus/codec.hpp>

#include "engine/only.hpp"

namespace nexus::engine {

template <typename Visit, codec::Is<ImageNames> T>
void members(Visit& visit, T& value) {
    visit("Id", value.id);
    visit("RepoTags", value.tags);
    visit("RepoDigests", value.digests);
}

namespace {

using Identified = Only<"Id", std::string>;

struct Volume {
    std::string name;
    std::string mountpoint;
    std::string driver = "local";
    std::map<std::string, std::string> options;
    Labels labels;

    // Otherwise its folder has what it holds only while a container uses it.
    bool is_plain_folder() const { return driver == "local" && !options.contains("device"); }
};

template <typename Visit, codec::Is<Volume> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("Mountpoint", value.mountpoint);
    visit("Driver", value.driver);
    visit("Options", value.options);
    visit("Labels", value.labels);
}

}  // namespace

void require(bool holds, const char* problem) {
    if (!holds) throw codec::Malformed(problem);
}

VolumeState parse_volume(std::string_view json) {
    const auto volume = codec::decode<Volume>(json);
    require(!volume.name.empty(), "/Name: is missing");
    return {volume.name, volume.is_plain_folder() ? volume.mountpoint : "", volume.labels};
}

ImageNames parse_image_names(std::string_view json) {
    auto image = codec::decode<ImageNames>(json);
    require(!image.id.empty(), "/Id: is missing");
    return image;
}

std::string parse_id(std::string_view json) {
    auto identified = codec::decode<Identified>(json);
    require(!identified.value.empty(), "/Id: is missing");
    return std::move(identified.value);
}

}  // namespace nexus::engine
