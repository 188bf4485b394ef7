#include "idle_backend.hpp"

namespace {

class ThrowingCreate final : public nexus::test::IdleBackend {
  public:
    ThrowingCreate(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {
        throw std::runtime_error("the engine fell over");
    }
};

}  // namespace

NEXUS_BACKEND(ThrowingCreate, "throwing_create", "1.0.0", "{}");
