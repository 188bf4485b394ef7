// Docker's archive API, as an ArchiveWay.
#include <nexus/codec.hpp>

#include "docker/requests.hpp"
#include "engine/only.hpp"
#include "engine/requests.hpp"

namespace nexus::docker {
namespace {

using engine::Request;
using NoCopy = engine::Only<"NoCopy", bool>;

struct Mount {
    std::string source;
    std::string type = "volume";
    std::string target = engine::volume_target;
    NoCopy options{true};
};

template <typename Visit, codec::Is<Mount> T>
void members(Visit& visit, T& value) {
    visit("Source", value.source);
    visit("Type", value.type);
    visit("Target", value.target);
    visit("VolumeOptions", value.options);
}

struct HostConfig {
    std::vector<Mount> mounts;
    std::string network_mode = "none";
    std::vector<std::string> cap_drop{"ALL"};
};

template <typename Visit, codec::Is<HostConfig> T>
void members(Visit& visit, T& value) {
    visit("Mounts", value.mounts);
    visit("NetworkMode", value.network_mode);
    visit("CapDrop", value.cap_drop);
}

struct Holder {
    std::string image;
    Labels labels;
    std::vector<std::string> command{"none"};  // the engine wants one
    HostConfig host;
};

template <typename Visit, codec::Is<Holder> T>
void members(Visit& visit, T& value) {
    visit("Image", value.image);
    visit("Labels", value.labels);
    visit("Cmd", value.command);
    visit("HostConfig", value.host);
}

Request import_image() {
    return engine::import_empty_image(
        "/images/create", {{"fromSrc", "-"}, {"repo", "nexus-runner/archive"}, {"tag", "1"}});
}

Request create_holder(const std::string& name, const std::string& image, const std::string& volume,
                      const Labels& labels) {
    Holder holder;
    holder.image = image;
    holder.labels = labels;
    holder.host.mounts = {Mount{volume}};
    return {"POST", engine::with_query("/containers/create", {{"name", name}}),
            codec::encode(holder)};
}

}  // namespace

// An import goes to "/": at the mount point itself the engine refuses a link that leads out of it,
// after it has written a part.
engine::ArchiveWay archive_way() {
    return {
        "nexus-runner/archive:1",
        import_image,
        create_holder,
        std::string(engine::volume_target) + "/.",
        {{"path", "/"}},
        "vol/",
        {"extended attributes other than capabilities", "access control lists",
         "times below a second", "holes of sparse files",
         "what the engine cannot read, which it leaves out without a word",
         "which files changed while they were read"},
        {"holes of sparse files"},
        {},
    };
}

}  // namespace nexus::docker
