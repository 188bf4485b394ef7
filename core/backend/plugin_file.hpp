// Whether a file may become part of this process, decided before the dynamic linker sees it.
// Threads: any.
#pragma once

#include <string>

namespace nexus {

// Follows symbolic links and returns the file's real path. What is there must be a shared library
// for this machine; it and its folder must belong to root or to the effective user and be writable
// by nobody else. Throws PluginError.
std::string require_loadable(const std::string& path);

}  // namespace nexus
