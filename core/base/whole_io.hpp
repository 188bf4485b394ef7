// Whole reads and writes of a descriptor that blocks. Threads: any.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace nexus {

// Both throw std::system_error that begins with `what`.
void write_all(int fd, std::string_view bytes, std::string_view what);
// Fills `room`, all of it but at the end; returns how many bytes.
std::size_t read_full(int fd, std::span<char> room, std::string_view what);

}  // namespace nexus
