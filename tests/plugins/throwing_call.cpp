#include "idle_backend.hpp"

namespace {

class ThrowingCall final : public nexus::test::IdleBackend {
  public:
    ThrowingCall(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {}
    nexus::Info info(const nexus::CallContext& /*ctx*/) override {
        throw std::out_of_range("index 7");
    }
    void start(const nexus::CallContext& /*ctx*/, const std::string& /*name*/) override {
        throw 42;  // what a library of another style may throw
    }
    void stop(const nexus::CallContext& /*ctx*/, const std::string& /*name*/,
              std::chrono::seconds /*grace*/) override {
        throw nexus::BackendError(nexus::Code::ok, "no failure at all", false);
    }
};

}  // namespace

NEXUS_BACKEND(ThrowingCall, "throwing_call", "1.0.0", "{}");
