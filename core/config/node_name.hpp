// The name of this machine among the workers; it becomes part of Redis keys. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nexus::config {

// Why `text` is no node name (^[a-z0-9][a-z0-9.-]{0,62}$ as a whole), with the mend; nothing where
// it is one.
std::optional<std::string> node_name_problem(std::string_view text);

}  // namespace nexus::config
