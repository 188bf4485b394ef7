// Files that lie in memory alone. Threads: any.
#pragma once

#include <nexus/unique_fd.hpp>
#include <string>
#include <string_view>

namespace nexus::conformance {

// Holds `bytes`, and is read from its beginning. Throws Broken where there is no room.
UniqueFd memory_file(std::string_view bytes = {});

// All that is in it.
std::string bytes_in(const UniqueFd& file);

}  // namespace nexus::conformance
