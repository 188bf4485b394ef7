// One tar written anew from another, between an engine's way to name things and ours.
// Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <vector>

namespace nexus::engine {

// What an engine gave of a volume, from `from`, as export_volume has it, to `to`. Each of `missed`
// that is in the volume's own folder is taken out of it. `method` and the losses of the engine's
// way are left to the caller. Throws BackendError `internal` for what is no whole tar of a volume,
// and what TarWriter throws.
VolumeCopy copy_from_engine(const CallContext& ctx, int from, int to,
                            std::vector<std::string>& missed);

// What the volume of such an archive has; nothing where it is empty. Throws the same.
std::optional<std::string> first_in(const CallContext& ctx, int from);

// What is to be imported, from `from`, as the engine takes it, to `to`: every name behind `prefix`,
// and nothing that import_volume refuses. Throws BackendError `invalid` for that.
VolumeCopy copy_to_engine(const CallContext& ctx, int from, int to, const std::string& prefix);

}  // namespace nexus::engine
