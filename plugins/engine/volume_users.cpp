#include "engine/volume_users.hpp"

#include <algorithm>
#include <array>
#include <nexus/codec.hpp>

#include "engine/object_answers.hpp"
#include "engine/only.hpp"

namespace nexus::engine {
namespace {

using State = Only<"Status", std::string>;
using Identified = Only<"Id", std::string>;

struct Mount {
    std::string type;
    std::string name;
};

template <typename Visit, codec::Is<Mount> T>
void members(Visit& visit, T& value) {
    visit("Type", value.type);
    visit("Name", value.name);
}

struct User {
    std::string name;
    State state;
    std::vector<Mount> mounts;
};

template <typename Visit, codec::Is<User> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("State", value.state);
    visit("Mounts", value.mounts);
}

// Words of both engines. Podman's "initialized" is not among them: its mounts are made.
constexpr std::array<std::string_view, 5> words_for_stopped{"created", "configured", "exited",
                                                            "stopped", "dead"};

}  // namespace

VolumeUser parse_volume_user(std::string_view json) {
    auto body = codec::decode<User>(json);
    require(!body.name.empty(), "/Name: is missing");
    require(!body.state.value.empty(), "/State/Status: is missing");
    VolumeUser user;
    user.container = body.name.substr(body.name.starts_with('/') ? 1 : 0);
    user.stopped = std::find(words_for_stopped.begin(), words_for_stopped.end(),
                             body.state.value) != words_for_stopped.end();
    for (auto& mount : body.mounts) {
        if (mount.type == "volume" && !mount.name.empty()) {
            user.volumes.push_back(std::move(mount.name));
        }
    }
    return user;
}

std::vector<std::string> parse_ids(std::string_view json) {
    std::vector<std::string> ids;
    for (auto& listed : codec::decode<std::vector<Identified>>(json)) {
        require(!listed.value.empty(), "/Id: is missing");
        ids.push_back(std::move(listed.value));
    }
    return ids;
}

}  // namespace nexus::engine
