// Whether a folder is the same as it was, without reading its files. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

namespace nexus::backup {

// A hash over what stat tells of the folder and of everything below it: names, kinds, sizes,
// owners, modes, inodes, and times of content and of change, of which no program can set the
// latter. Two that are equal are of the same content, but for what was written through a mapping
// and not yet noted by the kernel; read in full now and then. Empty where something changed less
// than two seconds before the walk, or later by its file system's clock: that clock may not tell a
// change after the walk from it. Nothing is opened but folders, and nothing outside of `path`; what
// changes meanwhile is in the hash or not. Throws as archive::export_folder.
std::string fingerprint(const CallContext& ctx, const std::string& path);

}  // namespace nexus::backup
