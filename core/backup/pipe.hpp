// Two halves of a copy at once: one writes into a pipe what the other reads. Threads: any.
#pragma once

#include <functional>

namespace nexus::backup {

using OnDescriptor = std::function<void(int fd)>;

// Calls `write` in a thread of its own and `read` in this one, each with its end of a pipe, which
// stays this function's to close. Where one of them returns or throws, the other's next call on the
// pipe ends too. Throws what the first of them threw that threw, once both have ended;
// std::system_error where there is no pipe or no thread.
void through_pipe(const OnDescriptor& write, const OnDescriptor& read);

}  // namespace nexus::backup
