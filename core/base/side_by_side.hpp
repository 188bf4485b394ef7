// Pieces of work that do not need each other, some of them at once. Threads: any.
#pragma once

#include <cstddef>
#include <functional>

namespace nexus {

// Calls `work` with each number below `count`, begun in their order, `at_once` of them at a time in
// threads of its own; returns once all have ended. Where one throws, no further one is begun, and
// what the first of them threw is thrown at the end. Throws std::system_error where there is no
// thread to be had.
void side_by_side(std::size_t count, std::size_t at_once,
                  const std::function<void(std::size_t number)>& work);

}  // namespace nexus
