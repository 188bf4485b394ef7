#include <dlfcn.h>
#include <unistd.h>

#include <nexus/host.hpp>

#include "idle_backend.hpp"

namespace {

using nexus::CallContext;

class Deaf final : public nexus::HostCallbacks {
  public:
    void log(nexus_log_level /*level*/, std::string_view /*text*/) noexcept override {}
    void event(const nexus::Event& /*event*/) noexcept override {}
};

std::unique_ptr<nexus::Backend> simulated(nexus::HostCallbacks& callbacks) {
    void* const library = ::dlopen(NEXUS_SIMULATED_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(::dlerror());
    const auto entry =
        reinterpret_cast<nexus_backend_entry>(::dlsym(library, NEXUS_BACKEND_SYMBOL));
    return create_backend(*entry(), "{}", callbacks);
}

// The simulated backend, but it claims that its containers run programs and that it reads and
// exchanges volumes.
class Pretending final : public nexus::test::IdleBackend {
  public:
    Pretending(const nexus::PluginHost& /*host*/, std::string_view /*config*/)
        : backend_(simulated(deaf_)) {}

    nexus::Info info(const CallContext& ctx) override {
        auto info = backend_->info(ctx);
        info.runs_programs = true;
        info.volumes.method = "mount_point";
        return info;
    }
    std::vector<nexus::ContainerState> list(const CallContext& ctx,
                                            const nexus::Labels& labels) override {
        return backend_->list(ctx, labels);
    }
    std::optional<nexus::ContainerState> inspect(const CallContext& ctx,
                                                 const std::string& name) override {
        return backend_->inspect(ctx, name);
    }
    std::optional<nexus::VolumeState> inspect_volume(const CallContext& ctx,
                                                     const std::string& name) override {
        return backend_->inspect_volume(ctx, name);
    }
    nexus::NetworkState ensure_network(const CallContext& ctx,
                                       const nexus::NetworkSpec& spec) override {
        return backend_->ensure_network(ctx, spec);
    }
    nexus::VolumeState ensure_volume(const CallContext& ctx,
                                     const nexus::VolumeSpec& spec) override {
        return backend_->ensure_volume(ctx, spec);
    }
    nexus::ImageState ensure_image(const CallContext& ctx,
                                   const nexus::ImageRequest& request) override {
        return backend_->ensure_image(ctx, request);
    }
    nexus::ContainerState ensure_container(const CallContext& ctx,
                                           const nexus::ContainerSpec& spec) override {
        return backend_->ensure_container(ctx, spec);
    }
    void start(const CallContext& ctx, const std::string& name) override {
        backend_->start(ctx, name);
    }
    void logs(const CallContext& /*ctx*/, const std::string& /*name*/, std::int64_t /*tail*/,
              int fd) override {
        const std::string_view text = "ready\n";
        if (::write(fd, text.data(), text.size()) < 0) throw std::runtime_error("no log");
    }
    nexus::VolumeCopy import_volume(const CallContext& ctx, const std::string& name,
                                    int fd) override {
        return backend_->import_volume(ctx, name, fd);
    }
    void swap_volumes(const CallContext& /*ctx*/, const std::string& /*first*/,
                      const std::string& /*second*/) override {}

  private:
    Deaf deaf_;
    std::unique_ptr<nexus::Backend> backend_;
};

}  // namespace

NEXUS_BACKEND(Pretending, "pretending", "1.0.0", R"({"type": "object"})");
