// Tars to try a plugin with, and what is in those that it makes. Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::conformance {

struct Entry {
    std::string path;
    unsigned type = 0;  // S_IFREG and so on; 0 for a hard link
    unsigned mode = 0;
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::int64_t seconds = 0;  // of the time of change
    long nanoseconds = 0;
    std::string link;  // where a symbolic or hard link leads
    std::string content;
    std::map<std::string, std::string> attributes = {};  // extended ones
    std::int64_t hole = 0;  // bytes of zeros before the content that take no space

    bool operator==(const Entry&) const = default;
};

// A POSIX tar with pax headers.
std::string make_archive(const std::vector<Entry>& entries);

// Throws Broken where `bytes` is no whole tar.
std::vector<Entry> read_archive(std::string_view bytes);

}  // namespace nexus::conformance
