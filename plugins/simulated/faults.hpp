// What happens before an operation takes effect: a crash, a wait, a failure, each as the
// configuration wants it. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <utility>

#include "config.hpp"

namespace simulated {

class Faults {
  public:
    explicit Faults(Config config) : config_(std::move(config)) {}

    // Returns where the operation may take effect. Throws the configured failure, `timeout` past
    // the deadline, `cancelled` once cancel_fd is readable.
    void meet(const nexus::CallContext& ctx, std::string_view op) const;

  private:
    Config config_;
};

}  // namespace simulated
