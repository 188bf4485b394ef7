// The simulated backend: what a runner sees of an engine, without one. It serves for trying the
// runner, for load and crash tests, and as the template for authors of other backends.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <mutex>
#include <nexus/plugin.hpp>
#include <system_error>
#include <thread>
#include <type_traits>

#include "config.hpp"
#include "engine.hpp"
#include "faults.hpp"

namespace simulated {
namespace {

using nexus::BackendError;
using nexus::CallContext;
using nexus::Code;

[[noreturn]] void fail_on_file(Code code, const std::string& path, const std::string& problem) {
    throw BackendError(code, "the state_file " + path + " " + problem, false);
}

Engine load(const std::string& path) {
    if (path.empty() || (::access(path.c_str(), F_OK) != 0 && errno == ENOENT)) return Engine({});
    std::ifstream file(path, std::ios::binary);
    if (!file) fail_on_file(Code::invalid, path, "cannot be read");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    try {
        return Engine(nexus::codec::decode<State>(text));
    } catch (const std::exception& error) {
        fail_on_file(Code::invalid, path,
                     std::string("is malformed, mend or remove it: ") + error.what());
    }
}

// A reader sees the old state or the new one. There is no fsync: the file is to outlive the
// process, not the machine.
void save(const std::string& path, const State& state) {
    const std::string temporary = path + ".tmp";
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    // An environment holds secrets.
    const bool open = file && ::chmod(temporary.c_str(), S_IRUSR | S_IWUSR) == 0;
    if (open) file << nexus::codec::encode(state) << std::flush;
    if (!open || !file || ::rename(temporary.c_str(), path.c_str()) != 0) {
        fail_on_file(Code::internal, path,
                     "cannot be written: " + std::generic_category().message(errno));
    }
}

// Methods of a Backend run on several threads at once, so that what they share is behind a mutex.
class Simulated final : public nexus::Backend {
  public:
    Simulated(const nexus::PluginHost& host, std::string_view config)
        : Simulated(host, nexus::codec::decode<Config>(config)) {}

    nexus::Info info(const CallContext& ctx) override {
        faults_.meet(ctx, "info");
        const auto pages = static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES));
        const auto page = static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE));
        return {"simulated", "1.0.0", "1", std::thread::hardware_concurrency(), pages * page, {}};
    }

    std::vector<nexus::ContainerState> list(const CallContext& ctx,
                                            const nexus::Labels& labels) override {
        return run(ctx, "list", [&] { return engine_.list(labels); });
    }

    std::optional<nexus::ContainerState> inspect(const CallContext& ctx,
                                                 const std::string& name) override {
        return run(ctx, "inspect", [&] { return engine_.inspect(name); });
    }

    std::optional<nexus::VolumeState> inspect_volume(const CallContext& ctx,
                                                     const std::string& name) override {
        return run(ctx, "inspect_volume", [&] { return engine_.inspect_volume(name); });
    }

    nexus::NetworkState ensure_network(const CallContext& ctx,
                                       const nexus::NetworkSpec& spec) override {
        return run(ctx, "ensure_network", [&] { return engine_.ensure_network(spec); });
    }

    void remove_network(const CallContext& ctx, const std::string& name) override {
        run(ctx, "remove_network", [&] { return engine_.remove_network(name); });
    }

    nexus::VolumeState ensure_volume(const CallContext& ctx,
                                     const nexus::VolumeSpec& spec) override {
        return run(ctx, "ensure_volume", [&] { return engine_.ensure_volume(spec); });
    }

    void remove_volume(const CallContext& ctx, const std::string& name) override {
        run(ctx, "remove_volume", [&] { return engine_.remove_volume(name); });
    }

    nexus::ImageState ensure_image(const CallContext& ctx,
                                   const nexus::ImageRequest& request) override {
        return run(ctx, "ensure_image", [&] { return engine_.ensure_image(request.reference); });
    }

    nexus::ContainerState ensure_container(const CallContext& ctx,
                                           const nexus::ContainerSpec& spec) override {
        return run(ctx, "ensure_container", [&] { return engine_.ensure_container(spec); });
    }

    void start(const CallContext& ctx, const std::string& name) override {
        run(ctx, "start", [&] { return engine_.start(name); });
    }

    // A container that does not exist needs no grace to end.
    void stop(const CallContext& ctx, const std::string& name,
              std::chrono::seconds /*grace*/) override {
        run(ctx, "stop", [&] { return engine_.stop(name); });
    }

    void remove(const CallContext& ctx, const std::string& name) override {
        run(ctx, "remove", [&] { return engine_.remove(name); });
    }

    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override {
        const std::string text = run(ctx, "logs", [&] { return engine_.logs(name, tail); });
        std::string_view rest = text;
        while (!rest.empty()) {
            const auto written = ::write(fd, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) throw BackendError(Code::internal, "cannot write the log", false);
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
    }

  private:
    Simulated(const nexus::PluginHost& host, const Config& config)
        : host_(host),
          state_file_(config.state_file),
          faults_(config),
          engine_(load(state_file_)) {}

    // Meets the faults, then lets `operation` work on the engine alone.
    template <typename Operation>
    std::invoke_result_t<Operation> run(const CallContext& ctx, std::string_view op,
                                        Operation operation) {
        faults_.meet(ctx, op);
        std::unique_lock lock(mutex_);
        if constexpr (std::is_void_v<std::invoke_result_t<Operation>>) {
            operation();
            settle(std::move(lock));
        } else {
            auto result = operation();
            settle(std::move(lock));
            return result;
        }
    }

    // Keeps what has changed, and tells the host once the engine is free for others again.
    void settle(std::unique_lock<std::mutex> lock) {
        if (engine_.revision() != saved_ && !state_file_.empty()) {
            save(state_file_, engine_.state());
            saved_ = engine_.revision();
        }
        const auto events = engine_.take_events();
        lock.unlock();
        for (const auto& event : events)
            host_.event(event);
    }

    nexus::PluginHost host_;
    std::string state_file_;
    Faults faults_;
    std::mutex mutex_;
    Engine engine_;
    std::uint64_t saved_ = 0;
};

}  // namespace
}  // namespace simulated

NEXUS_BACKEND(simulated::Simulated, "simulated", "1.0.0", simulated::schema);
