// Podman's archive API, as an ArchiveWay.
#include <nexus/codec.hpp>

#include "engine/only.hpp"
#include "engine/requests.hpp"
#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

using engine::Request;

constexpr const char* image_name = "localhost/nexus-runner/archive:1";

struct Volume {
    std::string name;
    std::string target = engine::volume_target;
};

template <typename Visit, codec::Is<Volume> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("Dest", value.target);
}

struct Holder {
    std::string name;
    std::string image;
    Labels labels;
    std::vector<Volume> volumes;
    engine::Only<"nsmode", std::string> network{"none"};
    std::vector<std::string> command{"none"};
    std::vector<std::string> cap_drop{"ALL"};
};

template <typename Visit, codec::Is<Holder> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("image", value.image);
    visit("labels", value.labels);
    visit("volumes", value.volumes);
    visit("netns", value.network);
    visit("command", value.command);
    visit("cap_drop", value.cap_drop);
}

Request import_image() {
    return engine::import_empty_image("/images/import", {{"reference", image_name}});
}

Request create_holder(const std::string& name, const std::string& image, const std::string& volume,
                      const Labels& labels) {
    Holder holder;
    holder.name = name;
    holder.image = image;
    holder.labels = labels;
    holder.volumes = {Volume{volume}};
    return {"POST", "/containers/create", codec::encode(holder)};
}

}  // namespace

engine::ArchiveWay archive_way() {
    return {
        image_name,
        import_image,
        create_holder,
        engine::volume_target,
        {{"path", engine::volume_target}, {"copyUIDGID", "false"}},
        "./",
        {"owners: all become root", "trusted attributes and access control lists",
         "times below a second", "holes of sparse files",
         "what the engine cannot read, which it leaves out without a word",
         "which files changed while they were read"},
        {"trusted attributes and access control lists", "times below a microsecond",
         "holes of sparse files",
         "with Podman 5 the owner of the volume's own folder, which becomes root"},
        {"dev", "proc", "sys"},
    };
}

}  // namespace nexus::podman
