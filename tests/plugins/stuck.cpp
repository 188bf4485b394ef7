#include <poll.h>

#include "idle_backend.hpp"

namespace {

// `stop` cares for no deadline; it ends only where the test lets it.
class Stuck final : public nexus::test::IdleBackend {
  public:
    Stuck(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {}
    void stop(const nexus::CallContext& ctx, const std::string& /*name*/,
              std::chrono::seconds /*grace*/) override {
        pollfd cancel{ctx.cancel_fd, POLLIN, 0};
        while (::poll(&cancel, 1, -1) <= 0) {
        }
    }
};

}  // namespace

NEXUS_BACKEND(Stuck, "stuck", "1.0.0", "{}");
