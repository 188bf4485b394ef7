// The exit codes of `backup`, `verify`, `restore` and `prune` beyond the others' (backup.md). 1
// says that nothing was published or changed. Threads: plain values.
#pragma once

#include "app/start_failure.hpp"

namespace nexus::app {

inline constexpr ExitCode exit_partial{3};    // a part failed or was torn; the rest is kept
inline constexpr ExitCode exit_mismatch{4};   // a backup is not what it was
inline constexpr ExitCode exit_lock_held{5};  // BACKUP_DIR is another process's for now
inline constexpr ExitCode exit_offsite{6};    // kept here, and not off site

}  // namespace nexus::app
