// The simulated backend: what a runner sees of an engine, without one. It serves for trying the
// runner, for load and crash tests, and as the template for authors of other backends.
#include <unistd.h>

#include <mutex>
#include <nexus/plugin.hpp>
#include <thread>
#include <type_traits>

#include "bulk.hpp"
#include "config.hpp"
#include "contents.hpp"
#include "engine.hpp"
#include "faults.hpp"
#include "journal.hpp"
#include "state_file.hpp"

namespace simulated {
namespace {

using nexus::BackendError;
using nexus::CallContext;
using nexus::Code;

// Methods of a Backend run on several threads at once, so that what they share is behind a mutex.
class Simulated final : public nexus::Backend {
  public:
    Simulated(const nexus::PluginHost& host, std::string_view config)
        : Simulated(host, nexus::codec::decode<Config>(config)) {}

    nexus::Info info(const CallContext& ctx) override {
        meet(ctx, "info");
        const auto pages = static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES));
        const auto page = static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE));
        nexus::Info info;
        info.engine = "simulated";
        info.engine_version = "1.0.0";
        info.api_version = "1";
        info.cpus = std::thread::hardware_concurrency();
        info.memory_bytes = pages * page;
        info.runs_programs = false;
        return info;
    }

    std::vector<nexus::ContainerState> list(const CallContext& ctx,
                                            const nexus::Labels& labels) override {
        return run(ctx, "list", "", [&] { return engine_.list(labels); });
    }

    std::optional<nexus::ContainerState> inspect(const CallContext& ctx,
                                                 const std::string& name) override {
        return run(ctx, "inspect", name, [&] { return engine_.inspect(name); });
    }

    std::optional<nexus::VolumeState> inspect_volume(const CallContext& ctx,
                                                     const std::string& name) override {
        return run(ctx, "inspect_volume", name, [&] { return engine_.inspect_volume(name); });
    }

    std::optional<nexus::NetworkState> inspect_network(const CallContext& ctx,
                                                       const std::string& name) override {
        return run(ctx, "inspect_network", name, [&] { return engine_.inspect_network(name); });
    }

    nexus::NetworkState ensure_network(const CallContext& ctx,
                                       const nexus::NetworkSpec& spec) override {
        return run(ctx, "ensure_network", spec.name, [&] { return engine_.ensure_network(spec); });
    }

    void remove_network(const CallContext& ctx, const std::string& name) override {
        run(ctx, "remove_network", name, [&] { return engine_.remove_network(name); });
    }

    nexus::VolumeState ensure_volume(const CallContext& ctx,
                                     const nexus::VolumeSpec& spec) override {
        return run(ctx, "ensure_volume", spec.name, [&] { return engine_.ensure_volume(spec); });
    }

    void remove_volume(const CallContext& ctx, const std::string& name) override {
        run(ctx, "remove_volume", name, [&] {
            engine_.remove_volume(name);
            contents_.forget(name);
        });
    }

    nexus::ImageState ensure_image(const CallContext& ctx,
                                   const nexus::ImageRequest& request) override {
        return run(ctx, "ensure_image", request.reference,
                   [&] { return engine_.ensure_image(request.reference); });
    }

    void remove_image(const CallContext& ctx, const std::string& reference) override {
        run(ctx, "remove_image", reference, [&] { engine_.remove_image(reference); });
    }

    nexus::ContainerState ensure_container(const CallContext& ctx,
                                           const nexus::ContainerSpec& spec) override {
        return run(ctx, "ensure_container", spec.name,
                   [&] { return engine_.ensure_container(spec); });
    }

    void start(const CallContext& ctx, const std::string& name) override {
        run(ctx, "start", name, [&] { return engine_.start(name); });
    }

    // A container that does not exist needs no grace to end.
    void stop(const CallContext& ctx, const std::string& name,
              std::chrono::seconds /*grace*/) override {
        run(ctx, "stop", name, [&] { return engine_.stop(name); });
    }

    void remove(const CallContext& ctx, const std::string& name) override {
        run(ctx, "remove", name, [&] { return engine_.remove(name); });
    }

    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override {
        write_all(ctx, fd, run(ctx, "logs", name, [&] { return engine_.logs(name, tail); }));
    }

    void pause(const CallContext& ctx, const std::string& name) override {
        run(ctx, "pause", name, [&] { engine_.pause(name); });
    }

    void unpause(const CallContext& ctx, const std::string& name) override {
        run(ctx, "unpause", name, [&] { engine_.unpause(name); });
    }

    void rename(const CallContext& ctx, const std::string& name,
                const std::string& new_name) override {
        run(ctx, "rename", name, [&] { engine_.rename(name, new_name); });
    }

    nexus::Stats stats(const CallContext& ctx, const std::string& name) override {
        return run(ctx, "stats", name, [&] { return engine_.stats(name); });
    }

    nexus::VolumeCopy export_volume(const CallContext& ctx, const std::string& name,
                                    int fd) override {
        const std::string tar = run(ctx, "export_volume", name, [&] {
            engine_.require_volume(name);
            return contents_.get(name);
        });
        write_all(ctx, fd, tar);
        return check_tar(tar);
    }

    nexus::VolumeCopy import_volume(const CallContext& ctx, const std::string& name,
                                    int fd) override {
        const std::string tar = read_all(ctx, fd);
        return run(ctx, "import_volume", name, [&] {
            engine_.require_volume(name);
            auto copy = check_tar(tar);
            contents_.put(name, tar);
            return copy;
        });
    }

    void swap_volumes(const CallContext& ctx, const std::string& first,
                      const std::string& second) override {
        run(ctx, "swap_volumes", first, [&] {
            engine_.swap_volumes(first, second);
            contents_.swap(first, second);
        });
    }

  private:
    Simulated(const nexus::PluginHost& host, const Config& config)
        : host_(host),
          state_file_(config.state_file),
          journal_(config),
          faults_(config),
          contents_(config.state_file.empty() ? "" : config.state_file + ".volumes") {
        const std::scoped_lock turn(state_file_);
        learn();
    }

    void meet(const CallContext& ctx, std::string_view op) const {
        journal_.begin(ctx, op);
        faults_.meet(ctx, op);
    }

    // Meets the faults, then lets `operation` work on the engine alone. `object` is what it may
    // change.
    template <typename Operation>
    std::invoke_result_t<Operation> run(const CallContext& ctx, std::string_view op,
                                        const std::string& object, Operation operation) {
        meet(ctx, op);
        std::unique_lock lock(mutex_);
        std::unique_lock turn(state_file_);
        learn();
        const auto before = engine_.revision();
        const auto settle = [&] {
            if (engine_.revision() != before) {
                state_file_.save(engine_.state());
                journal_.changed(ctx, op, object);
            }
            turn.unlock();
            tell(std::move(lock));
        };
        if constexpr (std::is_void_v<std::invoke_result_t<Operation>>) {
            operation();
            settle();
        } else {
            auto result = operation();
            settle();
            return result;
        }
    }

    void learn() {
        auto state = state_file_.news();
        if (!state) return;
        try {
            engine_ = Engine(std::move(*state));
        } catch (const BackendError& error) {
            state_file_.refuse(error.what());
        }
    }

    // The host hears of what happened once the engine is free for others again.
    void tell(std::unique_lock<std::mutex> lock) {
        const auto events = engine_.take_events();
        lock.unlock();
        for (const auto& event : events)
            host_.event(event);
    }

    nexus::PluginHost host_;
    StateFile state_file_;
    Journal journal_;
    Faults faults_;
    std::mutex mutex_;
    Engine engine_{State{}};
    Contents contents_;
};

}  // namespace
}  // namespace simulated

NEXUS_BACKEND(simulated::Simulated, "simulated", "1.0.0", simulated::schema);
