// The names that both engines take. Threads: any.
#pragma once

#include <string_view>

namespace nexus::engine {

// Throws BackendError `invalid` for a name that an engine would not take, or would take for a
// path. `kind` is for the message.
void require_name(std::string_view kind, std::string_view name);

// Whether an engine could take `name` for the beginning of an id.
bool could_be_id(std::string_view name);

}  // namespace nexus::engine
