// The content of a volume as a test makes it and looks at it: through its mount point, as root.
// Threads: plain functions.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace nexus::test {

constexpr std::int64_t sparse_bytes = 8 << 20;

// Fills a folder with what a copy can lose: owners, modes with setgid and sticky bit, hard,
// relative, absolute and dangling links, a pipe, extended attributes, a sparse file of
// so many bytes, odd and long names, times.
void fill(const std::string& folder);

// What is looked at beside kinds, modes, links and content.
struct Looked {
    bool owners = true;
    std::int64_t fractions = 1'000'000'000;  // of a second; what is between them goes:
    enum class Rounding { down, nearest, up } rounding = Rounding::down;
    bool attributes = true;
    bool holes = true;
};

// Everything in a folder, and the folder itself as "", with all that is known of it in one line.
// Two folders with equal descriptions have equal content.
std::map<std::string, std::string> describe(const std::string& folder, const Looked& looked = {});

}  // namespace nexus::test
