// Keeps two processes of one machine from work on one tenant at the same time: the daemon, and a
// backup or restore of the command line. A process that dies lets go. Threads: any; a process keeps
// its own threads apart itself.
#pragma once

#include <sys/types.h>

#include <nexus/unique_fd.hpp>
#include <optional>
#include <string>
#include <utility>

#include "config/tenant_id.hpp"

namespace nexus::tenants {

class TurnLocks {
  public:
    // One byte of the file STATE_DIR/turns a tenant. Throws std::system_error, also where the file
    // system has no locks.
    explicit TurnLocks(const std::string& state_dir);

    class Held {
      public:
        Held(Held&& other) noexcept : fd_(std::exchange(other.fd_, -1)), byte_(other.byte_) {}
        Held& operator=(Held&&) = delete;
        ~Held();

      private:
        friend class TurnLocks;
        Held(int fd, off_t byte) noexcept : fd_(fd), byte_(byte) {}
        int fd_;  // -1: it was moved on
        off_t byte_;
    };

    // Nothing while another process has the turn; ask again. This object must outlive the result.
    std::optional<Held> try_take(const config::TenantId& tenant) const noexcept;

  private:
    UniqueFd file_;
};

}  // namespace nexus::tenants
