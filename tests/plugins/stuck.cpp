#include <poll.h>

#include "idle_backend.hpp"

namespace {

// `stop` and `inspect` care for no deadline; they end only where the test lets them.
class Stuck final : public nexus::test::IdleBackend {
  public:
    Stuck(const nexus::PluginHost& /*host*/, std::string_view /*config*/) {}
    std::optional<nexus::ContainerState> inspect(const nexus::CallContext& ctx,
                                                 const std::string& /*name*/) override {
        hang(ctx);
        return std::nullopt;
    }
    void stop(const nexus::CallContext& ctx, const std::string& /*name*/,
              std::chrono::seconds /*grace*/) override {
        hang(ctx);
    }

  private:
    static void hang(const nexus::CallContext& ctx) {
        pollfd cancel{ctx.cancel_fd, POLLIN, 0};
        while (::poll(&cancel, 1, -1) <= 0) {
        }
    }
};

}  // namespace

NEXUS_BACKEND(Stuck, "stuck", "1.0.0", "{}");
