// A container engine that runs nothing: it only remembers. Threads: one at a time.
#pragma once

#include <nexus/backend_codec.hpp>
#include <utility>

#include "subnets.hpp"

namespace simulated {

struct Container {
    nexus::ContainerSpec spec;
    nexus::ContainerState state;
    std::vector<std::string> log;  // lines, oldest first
};

// All that the engine remembers; what `state_file` holds.
struct State {
    std::int64_t last_id = 0;
    std::map<std::string, Container> containers;
    std::map<std::string, nexus::NetworkState> networks;
    std::map<std::string, nexus::VolumeState> volumes;
    std::map<std::string, nexus::ImageState> images;  // by reference
};

template <typename Visit, nexus::codec::Is<Container> T>
void members(Visit& visit, T& value) {
    visit("spec", value.spec);
    visit("state", value.state);
    visit("log", value.log);
}

template <typename Visit, nexus::codec::Is<State> T>
void members(Visit& visit, T& value) {
    visit("last_id", value.last_id);
    visit("containers", value.containers);
    visit("networks", value.networks);
    visit("volumes", value.volumes);
    visit("images", value.images);
}

// Methods mean what those of nexus::Backend mean, and throw what they throw.
class Engine {
  public:
    explicit Engine(State state);

    const State& state() const noexcept { return state_; }
    // Rises with every change of the state.
    std::uint64_t revision() const noexcept { return revision_; }
    // What happened since the last call.
    std::vector<nexus::Event> take_events() { return std::exchange(events_, {}); }

    std::vector<nexus::ContainerState> list(const nexus::Labels& labels) const;
    std::optional<nexus::ContainerState> inspect(const std::string& name) const;
    std::optional<nexus::VolumeState> inspect_volume(const std::string& name) const;
    std::optional<nexus::NetworkState> inspect_network(const std::string& name) const;
    nexus::NetworkState ensure_network(const nexus::NetworkSpec& spec);
    void remove_network(const std::string& name);
    nexus::VolumeState ensure_volume(const nexus::VolumeSpec& spec);
    void remove_volume(const std::string& name);
    nexus::ImageState ensure_image(const std::string& reference);
    void remove_image(const std::string& reference);
    nexus::ContainerState ensure_container(const nexus::ContainerSpec& spec);
    void start(const std::string& name);
    void stop(const std::string& name);
    void remove(const std::string& name);
    void pause(const std::string& name);
    void unpause(const std::string& name);
    void rename(const std::string& name, const std::string& new_name);
    nexus::Stats stats(const std::string& name) const;
    void require_volume(const std::string& name) const;
    // That both could be exchanged; what is in them is not the engine's business.
    void swap_volumes(const std::string& first, const std::string& second);
    // The last `tail` lines, each with its newline.
    std::string logs(const std::string& name, std::int64_t tail) const;

  private:
    const Container& container(const std::string& name) const;
    Container& container(const std::string& name);
    void require_creatable(const nexus::ContainerSpec& spec) const;
    void count_uses(const nexus::ContainerSpec& spec, std::int64_t change);
    std::string next_id();
    void changed(const nexus::ContainerState& container, const char* action);

    State state_;
    std::uint64_t revision_ = 0;
    std::vector<nexus::Event> events_;
    Subnets subnets_;
    // How many containers, running or not, use an object of this name.
    std::map<std::string, std::int64_t> network_uses_;
    std::map<std::string, std::int64_t> volume_uses_;
    std::map<std::string, std::int64_t> image_uses_;
};

}  // namespace simulated
