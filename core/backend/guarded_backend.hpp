// Keeps the books on a backend's calls: how many, how long, and whether one hangs. Changes nothing
// in what the backend does, and kills nothing. Threads: any.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <nexus/host.hpp>
#include <optional>
#include <string>

namespace nexus {

// Of one operation, since the start of the process.
struct OperationStatistics {
    std::string_view name;  // "ensure_volume"
    std::uint64_t count = 0;
    std::uint64_t errors = 0;
    std::chrono::nanoseconds total{0};
};

class GuardedBackend final : public Backend {
  public:
    static constexpr std::size_t operations = NEXUS_OP_INSPECT_NETWORK;

    // `name` is the plugin's. A call that overruns its deadline by more than `overrun` makes the
    // backend stuck: until that call returns, every new one throws BackendError `unavailable`,
    // which is retryable. It must not be destroyed while a call runs.
    GuardedBackend(std::unique_ptr<Backend> backend, std::string name,
                   std::chrono::milliseconds overrun = std::chrono::seconds(5));
    ~GuardedBackend() override;

    // "backend docker is stuck in stop for tenant acme since 12 s", counted from the deadline;
    // nothing while all is well.
    std::optional<std::string> stuck() const;
    std::size_t in_flight() const;
    std::array<OperationStatistics, operations> statistics() const;

    Info info(const CallContext& ctx) override;
    std::vector<ContainerState> list(const CallContext& ctx, const Labels& labels) override;
    std::optional<ContainerState> inspect(const CallContext& ctx, const std::string& name) override;
    std::optional<VolumeState> inspect_volume(const CallContext& ctx,
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
    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override;
    void pause(const CallContext& ctx, const std::string& name) override;
    void unpause(const CallContext& ctx, const std::string& name) override;
    void rename(const CallContext& ctx, const std::string& name,
                const std::string& new_name) override;
    Stats stats(const CallContext& ctx, const std::string& name) override;
    VolumeCopy export_volume(const CallContext& ctx, const std::string& name, int fd) override;
    VolumeCopy import_volume(const CallContext& ctx, const std::string& name, int fd) override;
    void remove_image(const CallContext& ctx, const std::string& reference) override;
    void swap_volumes(const CallContext& ctx, const std::string& first,
                      const std::string& second) override;
    std::optional<NetworkState> inspect_network(const CallContext& ctx,
                                                const std::string& name) override;

  private:
    using Clock = std::chrono::steady_clock;
    struct Call {
        nexus_op op;
        std::string tenant;
        Clock::time_point start;
        Clock::time_point deadline;
    };
    class Ticket;

    std::optional<std::string> stuck_now() const;  // with mutex_ held

    std::unique_ptr<Backend> backend_;
    std::string name_;
    std::chrono::milliseconds overrun_;
    mutable std::mutex mutex_;
    std::list<Call> calls_;
    std::array<OperationStatistics, operations> statistics_;
};

}  // namespace nexus
