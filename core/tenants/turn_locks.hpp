// Keeps two processes of one machine from work on one tenant at the same time: the daemon, and a
// backup or restore of the command line. A process that dies lets go. Threads: any; a process keeps
// its own threads apart itself.
#pragma once

#include <optional>
#include <string>

#include "base/unique_fd.hpp"
#include "config/tenant_id.hpp"

namespace nexus::tenants {

class TurnLocks {
  public:
    // One byte of the file STATE_DIR/turns a tenant. Throws std::system_error.
    explicit TurnLocks(const std::string& state_dir);

    class Held {
      public:
        Held(Held&& other) noexcept;
        Held& operator=(Held&&) = delete;
        ~Held();

      private:
        friend class TurnLocks;
        Held(int fd, std::int64_t byte) noexcept : fd_(fd), byte_(byte) {}
        int fd_;
        std::int64_t byte_;
    };

    // Nothing while another process has the turn. This object must outlive the result.
    std::optional<Held> try_take(const config::TenantId& tenant) const;

  private:
    UniqueFd file_;
};

}  // namespace nexus::tenants
