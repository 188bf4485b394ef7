#include <csignal>

#include "idle_backend.hpp"

namespace {

class Crashing final : public nexus::test::IdleBackend {
  public:
    Crashing(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {}
    nexus::Info info(const nexus::CallContext& /*ctx*/) override {
        std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would end it in another way
        std::raise(SIGSEGV);
        return {};
    }
};

}  // namespace

NEXUS_BACKEND(Crashing, "crashing", "1.0.0", R"({"type": "object"})");
