// The in-memory twin of an engine: what it holds is open to the test, and any operation can be made
// to fail. Threads: any.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <nexus/backend.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace nexus::test {

class FakeBackend final : public Backend {
  public:
    // Called at the begin of every operation with its name, and may throw.
    std::function<void(const std::string& op)> before = [](const std::string&) {};
    // Called once an operation has changed something: what it throws leaves the caller in the dark.
    std::function<void(const std::string& op)> after = [](const std::string&) {};
    std::vector<std::string> calls;
    std::vector<std::string> effects;  // operation and object, of what changed something
    std::map<std::string, ContainerState> containers;
    std::map<std::string, ContainerSpec> specs;
    std::map<std::string, VolumeState> volumes;
    std::map<std::string, NetworkState> networks;
    std::map<std::string, bool> images;
    Phase phase_after_start = Phase::running;
    Health health_after_start = Health::none;
    std::set<std::string> bad_images;  // their programs end at once
    bool runs_programs = false;
    std::string log_text = "first\nlast\n";
    bool swaps_volumes = true;
    // May change what is told of the export of a volume.
    std::function<void(const std::string& volume, VolumeCopy& copy)> exported =
        [](const std::string&, VolumeCopy&) {};

    // The folder that is the content of a volume, made where it is missing.
    std::string content(const std::string& volume);

    Info info(const CallContext& ctx) override;
    std::vector<ContainerState> list(const CallContext& ctx, const Labels& labels) override;
    std::optional<ContainerState> inspect(const CallContext& ctx, const std::string& name) override;
    std::optional<VolumeState> inspect_volume(const CallContext& ctx,
                                              const std::string& name) override;
    std::optional<NetworkState> inspect_network(const CallContext& ctx,
                                                const std::string& name) override;
    NetworkState ensure_network(const CallContext& ctx, const NetworkSpec& spec) override;
    void remove_network(const CallContext& ctx, const std::string& name) override;
    VolumeState ensure_volume(const CallContext& ctx, const VolumeSpec& spec) override;
    void remove_volume(const CallContext& ctx, const std::string& name) override;
    ImageState ensure_image(const CallContext& ctx, const ImageRequest& request) override;
    ContainerState ensure_container(const CallContext& ctx, const ContainerSpec& spec) override;
    void start(const CallContext& ctx, const std::string& name) override;
    void stop(const CallContext& ctx, const std::string& name, std::chrono::seconds grace) override;
    void remove(const CallContext& ctx, const std::string& name) override;
    void rename(const CallContext& ctx, const std::string& name,
                const std::string& new_name) override;
    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override;
    void pause(const CallContext& ctx, const std::string& name) override;
    void unpause(const CallContext& ctx, const std::string& name) override;
    VolumeCopy export_volume(const CallContext& ctx, const std::string& name, int fd) override;
    VolumeCopy import_volume(const CallContext& ctx, const std::string& name, int fd) override;
    void swap_volumes(const CallContext& ctx, const std::string& first,
                      const std::string& second) override;
    void remove_image(const CallContext& ctx, const std::string& reference) override;

  private:
    void begin(const std::string& op);
    void changed(const std::string& op, const std::string& object);
    ContainerState& at(const std::string& name);
    void require_volume(const std::string& name);
    void require_unused(const std::string& volume, bool by_running_ones);
    std::mutex mutex_;
    std::optional<TempDir> contents_;  // made for the first volume that is looked into
};

}  // namespace nexus::test
