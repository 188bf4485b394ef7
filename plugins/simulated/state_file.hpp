// What the engine remembers, in a file that outlives the process, and that several processes may
// share: each operation has it alone and begins with what the others made of it. Threads: one at a
// time.
#pragma once

#include <cstdint>
#include <nexus/unique_fd.hpp>
#include <optional>
#include <string>

#include "engine.hpp"

namespace simulated {

class StateFile {
  public:
    // An empty path: memory alone. Throws BackendError `invalid` where it cannot be used.
    explicit StateFile(std::string path);

    // No other process has the file between these; as std::unique_lock calls them.
    void lock();
    void unlock() noexcept;

    // The rest, while it is locked. The state where another process, or an earlier one, wrote what
    // was not read here yet. Throws BackendError `invalid` where it is malformed.
    std::optional<State> news();
    // What it holds is malformed for this reason; throws as news() does.
    [[noreturn]] void refuse(const std::string& reason) const;
    // A reader sees the old state or the new one. Throws BackendError `internal`.
    void save(const State& state);

  private:
    std::uint64_t count() const;

    std::string path_;
    // A file that counts the changes: inode and times of the other one may come again.
    nexus::UniqueFd lock_;
    std::optional<std::uint64_t> seen_;  // of what was read or written last
};

}  // namespace simulated
