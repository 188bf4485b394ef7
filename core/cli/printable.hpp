// Text of strangers on a terminal: nothing in it moves the cursor, changes colours or ends a line.
// Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace nexus::cli {

// Control characters and bytes that are no UTF-8 as \n, \t, \x1b and so on.
std::string printable(std::string_view text);

}  // namespace nexus::cli
