#include "idle_backend.hpp"

namespace {

// Says yes to everything and does nothing.
class Idle final : public nexus::test::IdleBackend {
  public:
    Idle(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {}
};

}  // namespace

NEXUS_BACKEND(Idle, "idle", "1.0.0", R"({"type": "object"})");
