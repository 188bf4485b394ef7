// What happens before an operation takes effect: its journal line, a crash, a wait, a failure, each
// as the configuration wants it. Threads: any.
#pragma once

#include <nexus/backend.hpp>

#include "config.hpp"

namespace simulated {

class Faults {
  public:
    // Throws BackendError where the journal cannot be opened.
    explicit Faults(const Config& config);
    ~Faults();
    Faults(const Faults&) = delete;
    Faults& operator=(const Faults&) = delete;

    // Returns where the operation may take effect. Throws the configured failure, `timeout` past
    // the deadline, `cancelled` once cancel_fd is readable.
    void meet(const nexus::CallContext& ctx, std::string_view op) const;

  private:
    void write_journal(const nexus::CallContext& ctx, std::string_view op) const;

    Config config_;
    int journal_ = -1;
};

}  // namespace simulated
