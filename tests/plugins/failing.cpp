#include "idle_backend.hpp"

namespace {

// Fails at the first thing that anybody asks of it.
class Failing final : public nexus::test::IdleBackend {
  public:
    Failing(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {}
    nexus::Info info(const nexus::CallContext& /*ctx*/) override { fail(); }
    std::optional<nexus::ContainerState> inspect(const nexus::CallContext& /*ctx*/,
                                                 const std::string& /*name*/) override {
        fail();
    }
    std::optional<nexus::VolumeState> inspect_volume(const nexus::CallContext& /*ctx*/,
                                                     const std::string& /*name*/) override {
        fail();
    }
    nexus::NetworkState ensure_network(const nexus::CallContext& /*ctx*/,
                                       const nexus::NetworkSpec& /*spec*/) override {
        fail();
    }
    void remove_network(const nexus::CallContext& /*ctx*/, const std::string& /*name*/) override {
        fail();
    }
    nexus::VolumeState ensure_volume(const nexus::CallContext& /*ctx*/,
                                     const nexus::VolumeSpec& /*spec*/) override {
        fail();
    }
    void remove_volume(const nexus::CallContext& /*ctx*/, const std::string& /*name*/) override {
        fail();
    }
    void remove_image(const nexus::CallContext& /*ctx*/,
                      const std::string& /*reference*/) override {
        fail();
    }

  private:
    [[noreturn]] static void fail() { throw std::runtime_error("out of order"); }
};

}  // namespace

NEXUS_BACKEND(Failing, "failing", "1.0.0", R"({"type": "object"})");
