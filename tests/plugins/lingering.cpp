#include <thread>

#include "idle_backend.hpp"

namespace {

// Leaves a thread behind.
class Lingering final : public nexus::test::IdleBackend {
  public:
    Lingering(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {
        std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
    }
};

}  // namespace

NEXUS_BACKEND(Lingering, "lingering", "1.0.0", R"({"type": "object"})");
