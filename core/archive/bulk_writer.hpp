// Many bytes to a descriptor of the host's, fast, and still without outliving the call: a pipe that
// blocks is written through a description of our own that does not.
// Threads: one at a time, the one that made it.
#pragma once

#include <cstddef>
#include <nexus/backend.hpp>
#include <nexus/unique_fd.hpp>
#include <string_view>

#include "archive/sigpipe.hpp"

namespace nexus::archive {

class BulkWriter {
  public:
    // `fd` stays the caller's and must outlive it.
    BulkWriter(const CallContext& ctx, int fd);

    // Writes all of `bytes`. Throws BackendError `internal` where that fails, a reader that is gone
    // included, `exhausted` for a full disk, `timeout` and `cancelled`.
    void write(std::string_view bytes);

  private:
    ssize_t write_some(std::string_view bytes) const;

    const CallContext& ctx_;
    const SigpipeHeldBack held_back_;
    int fd_;
    UniqueFd own_;
    bool socket_ = false;
    std::size_t piece_;
};

}  // namespace nexus::archive
