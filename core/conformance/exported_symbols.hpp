// What a shared library offers to the dynamic linker. Threads: any.
#pragma once

#include <string>
#include <vector>

namespace nexus::conformance {

// The names of all symbols that the file defines and others can bind to. Throws std::runtime_error
// where the file cannot be read or its tables do not lie inside it.
std::vector<std::string> exported_symbols(const std::string& path);

}  // namespace nexus::conformance
