#include "engine/container_answers.hpp"

#include <algorithm>
#include <array>
#include <nexus/codec.hpp>
#include <optional>

#include "archive/text.hpp"
#include "engine/only.hpp"

namespace nexus::engine {
namespace {

using HealthBody = Only<"Status", std::string>;

struct StateBody {
    std::string status;
    bool oom_killed = false;
    std::int64_t exit_code = 0;
    std::string started_at;
    std::string finished_at;
    HealthBody health;
};

template <typename Visit, codec::Is<StateBody> T>
void members(Visit& visit, T& value) {
    visit("Status", value.status);
    visit("OOMKilled", value.oom_killed);
    visit("ExitCode", value.exit_code);
    visit("StartedAt", value.started_at);
    visit("FinishedAt", value.finished_at);
    visit("Health", value.health);
}

struct ConfigBody {
    std::string image;
    Labels labels;
    bool tty = false;
};

template <typename Visit, codec::Is<ConfigBody> T>
void members(Visit& visit, T& value) {
    visit("Image", value.image);
    visit("Labels", value.labels);
    visit("Tty", value.tty);
}

struct MountBody {
    std::string source;
    std::string target;
    bool writable = true;
};

template <typename Visit, codec::Is<MountBody> T>
void members(Visit& visit, T& value) {
    visit("Source", value.source);
    visit("Destination", value.target);
    visit("RW", value.writable);
}

struct HostBody {
    std::int64_t memory = 0;
    std::string network;
};

template <typename Visit, codec::Is<HostBody> T>
void members(Visit& visit, T& value) {
    visit("Memory", value.memory);
    visit("NetworkMode", value.network);
}

using PublishedBody = Only<"HostIp", std::string>;
// By the container's port; one that is not published has none.
using NetworkBody = Only<"Ports", std::map<std::string, std::optional<std::vector<PublishedBody>>>>;

struct InspectBody {
    std::string id;
    std::string name;
    StateBody state;
    ConfigBody config;
    HostBody host;
    std::int64_t restarts = 0;
    std::vector<MountBody> mounts;
    NetworkBody network;
};

template <typename Visit, codec::Is<InspectBody> T>
void members(Visit& visit, T& value) {
    visit("Id", value.id);
    visit("Name", value.name);
    visit("State", value.state);
    visit("Config", value.config);
    visit("HostConfig", value.host);
    visit("RestartCount", value.restarts);
    visit("Mounts", value.mounts);
    visit("NetworkSettings", value.network);
}

struct ListBody {
    std::string id;
    std::vector<std::string> names;
    std::string image;
    std::string state;
    std::string status;
    Labels labels;
};

template <typename Visit, codec::Is<ListBody> T>
void members(Visit& visit, T& value) {
    visit("Id", value.id);
    visit("Names", value.names);
    visit("Image", value.image);
    visit("State", value.state);
    visit("Status", value.status);
    visit("Labels", value.labels);
}

struct UseBody {
    std::optional<std::string> name;
    std::optional<std::string> id;
};

template <typename Visit, codec::Is<UseBody> T>
void members(Visit& visit, T& value) {
    visit("Image", value.name);
    visit("ImageID", value.id);
}

template <typename Value>
struct Word {
    std::string_view word;
    Value value;
};

constexpr std::array phases{
    Word<Phase>{"created", Phase::created},
    Word<Phase>{"running", Phase::running},
    Word<Phase>{"paused", Phase::paused},
    Word<Phase>{"restarting", Phase::restarting},
    Word<Phase>{"exited", Phase::exited},
    Word<Phase>{"removing", Phase::removing},
    Word<Phase>{"dead", Phase::dead},
    // Podman alone says these.
    Word<Phase>{"configured", Phase::created},
    Word<Phase>{"initialized", Phase::created},
    Word<Phase>{"stopping", Phase::running},
    Word<Phase>{"stopped", Phase::exited},
    Word<Phase>{"unknown", Phase::dead},
};

constexpr std::array healths{
    Word<Health>{"", Health::none},
    Word<Health>{"none", Health::none},
    Word<Health>{"starting", Health::starting},
    Word<Health>{"healthy", Health::healthy},
    Word<Health>{"unhealthy", Health::unhealthy},
};

template <typename Words>
auto by_word(const Words& words, std::string_view word, const char* place) {
    const auto* const found = std::find_if(
        words.begin(), words.end(), [word](const auto& entry) { return entry.word == word; });
    if (found == words.end()) {
        throw codec::Malformed(std::string(place) + ": \"" + archive::short_text(word) +
                               "\" is not known");
    }
    return found->value;
}

// The engines' way to say never.
std::string time_or_nothing(std::string time) {
    return time.starts_with("0001-") ? "" : std::move(time);
}

void require_identity(const std::string& id, const std::string& name) {
    if (id.empty()) throw codec::Malformed("/Id: is missing");
    if (name.empty()) throw codec::Malformed("/Name: is missing");
}

std::string without_slash(std::string_view name) {
    return std::string(name.starts_with('/') ? name.substr(1) : name);
}

// Names of the form /other/alias are links from other containers.
std::string own_name(const std::vector<std::string>& names) {
    const auto own = std::find_if(names.begin(), names.end(), [](const std::string& name) {
        return name.rfind('/') == 0 || name.find('/') == std::string::npos;
    });
    return own == names.end() ? "" : without_slash(*own);
}

// Docker's listing has it in words, "Up 3 minutes (healthy)" or "Up 1 second (health: starting)";
// Podman's has the word alone.
Health health_in(std::string_view status) {
    if (status == "healthy" || status.ends_with("(healthy)")) return Health::healthy;
    if (status == "unhealthy" || status.ends_with("(unhealthy)")) return Health::unhealthy;
    if (status == "starting" || status.ends_with("(health: starting)")) return Health::starting;
    return Health::none;
}

ContainerState to_state(const ListBody& listed) {
    ContainerState state;
    state.id = listed.id;
    state.name = own_name(listed.names);
    require_identity(state.id, state.name);
    state.image = listed.image;
    state.labels = listed.labels;
    state.phase = by_word(phases, listed.state, "/State");
    if (state.phase == Phase::running) state.health = health_in(listed.status);
    return state;
}

// Podman leaves the address empty where it is every one; on the host's own network so is each port.
std::vector<std::string> published_by(const InspectBody& body) {
    std::vector<std::string> addresses;
    if (body.host.network == "host") addresses.emplace_back("*");
    for (const auto& [port, places] : body.network.value) {
        if (!places) continue;
        for (const auto& place : *places)
            addresses.push_back(place.value.empty() ? "0.0.0.0" : place.value);
    }
    return addresses;
}

ContainerState to_state(const InspectBody& body) {
    ContainerState state;
    state.id = body.id;
    state.name = without_slash(body.name);
    require_identity(state.id, state.name);
    state.image = body.config.image;
    state.labels = body.config.labels;
    state.phase = by_word(phases, body.state.status, "/State/Status");
    // Both engines keep the last health of a container that stopped or was paused.
    if (state.phase == Phase::running) {
        state.health = by_word(healths, body.state.health.value, "/State/Health/Status");
    }
    const bool lives = state.phase == Phase::running || state.phase == Phase::paused;
    state.exit_code = lives ? 0 : body.state.exit_code;
    state.oom_killed = body.state.oom_killed;
    state.started_at = time_or_nothing(body.state.started_at);
    state.finished_at = time_or_nothing(body.state.finished_at);
    state.restarts = body.restarts;
    for (const auto& mount : body.mounts)
        state.mounts.push_back({mount.source, mount.target, !mount.writable});
    state.published = published_by(body);
    return state;
}

}  // namespace

InspectedContainer parse_container(std::string_view json) {
    const auto body = codec::decode<InspectBody>(json);
    return {to_state(body), body.config.tty, std::max<std::int64_t>(0, body.host.memory)};
}

std::vector<ContainerState> parse_containers(std::string_view json) {
    std::vector<ContainerState> states;
    for (const auto& listed : codec::decode<std::vector<ListBody>>(json))
        states.push_back(to_state(listed));
    return states;
}

std::vector<UsedImage> parse_used_images(std::string_view json) {
    std::vector<UsedImage> used;
    for (auto& container : codec::decode<std::vector<UseBody>>(json)) {
        if (!container.name) throw codec::Malformed("/Image: is missing");
        if (!container.id) throw codec::Malformed("/ImageID: is missing");
        used.push_back({std::move(*container.name), std::move(*container.id)});
    }
    return used;
}

}  // namespace nexus::engine
