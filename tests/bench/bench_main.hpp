// What every bench program begins and ends with. Threads: one.
#pragma once

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace nexus::bench {

// Gives `run` the words after the program's name, and its exit code back; 1, with the message, for
// what it throws.
inline int run_bench(const char* name, int count, char** words,
                     int (*run)(const std::vector<std::string>&)) {
    try {
        return run({words + 1, words + count});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return 1;
    }
}

}  // namespace nexus::bench
