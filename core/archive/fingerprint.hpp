// Whether a folder is the same as it was, without reading its files. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

namespace nexus::archive {

// A hash over what stat tells of the folder and of everything below it: names, kinds, sizes,
// owners, modes, inodes, and times of content and of change, which no program sets. Two that are
// equal are of the same content, but for what was written through a mapping and not yet noted by
// the kernel; read in full now and then. Empty where something changed less than `settled_ms`
// before now: the clock of the file system may not tell a later change from it. Throws as
// export_folder.
std::string fingerprint(const CallContext& ctx, const std::string& path);

}  // namespace nexus::archive
