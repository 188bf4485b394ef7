// Backends that answer every call with an empty value, for plugins that are odd in one method.
#pragma once

#include <nexus/plugin.hpp>

namespace nexus::test {

// With the operations of ABI minor 0 alone.
class FirstIdleBackend : public Backend {
  public:
    Info info(const CallContext& /*ctx*/) override { return {}; }
    std::vector<ContainerState> list(const CallContext& /*ctx*/,
                                     const Labels& /*labels*/) override {
        return {};
    }
    std::optional<ContainerState> inspect(const CallContext& /*ctx*/,
                                          const std::string& /*name*/) override {
        return {};
    }
    std::optional<VolumeState> inspect_volume(const CallContext& /*ctx*/,
                                              const std::string& /*name*/) override {
        return {};
    }
    NetworkState ensure_network(const CallContext& /*ctx*/, const NetworkSpec& /*spec*/) override {
        return {};
    }
    void remove_network(const CallContext& /*ctx*/, const std::string& /*name*/) override {}
    VolumeState ensure_volume(const CallContext& /*ctx*/, const VolumeSpec& /*spec*/) override {
        return {};
    }
    void remove_volume(const CallContext& /*ctx*/, const std::string& /*name*/) override {}
    ImageState ensure_image(const CallContext& /*ctx*/, const ImageRequest& /*request*/) override {
        return {};
    }
    ContainerState ensure_container(const CallContext& /*ctx*/,
                                    const ContainerSpec& /*spec*/) override {
        return {};
    }
    void start(const CallContext& /*ctx*/, const std::string& /*name*/) override {}
    void stop(const CallContext& /*ctx*/, const std::string& /*name*/,
              std::chrono::seconds /*grace*/) override {}
    void remove(const CallContext& /*ctx*/, const std::string& /*name*/) override {}
    void logs(const CallContext& /*ctx*/, const std::string& /*name*/, std::int64_t /*tail*/,
              int /*fd*/) override {}
};

class IdleBackend : public FirstIdleBackend {
  public:
    void pause(const CallContext& /*ctx*/, const std::string& /*name*/) override {}
    void unpause(const CallContext& /*ctx*/, const std::string& /*name*/) override {}
    void rename(const CallContext& /*ctx*/, const std::string& /*name*/,
                const std::string& /*new_name*/) override {}
    Stats stats(const CallContext& /*ctx*/, const std::string& /*name*/) override { return {}; }
    VolumeCopy export_volume(const CallContext& /*ctx*/, const std::string& /*name*/,
                             int /*fd*/) override {
        return {};
    }
    VolumeCopy import_volume(const CallContext& /*ctx*/, const std::string& /*name*/,
                             int /*fd*/) override {
        return {};
    }
    void remove_image(const CallContext& /*ctx*/, const std::string& /*reference*/) override {}
    void swap_volumes(const CallContext& /*ctx*/, const std::string& /*first*/,
                      const std::string& /*second*/) override {}
    std::optional<NetworkState> inspect_network(const CallContext& /*ctx*/,
                                                const std::string& /*name*/) override {
        return std::nullopt;
    }
};

}  // namespace nexus::test
