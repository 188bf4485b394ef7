// How much of the same a test does. Threads: any, while nobody changes the environment.
#pragma once

#include <cstdlib>
#include <string>

namespace nexus::test {

// NEXUS_THOROUGH=1: all of it, where the usual part of it has shown what a change may break.
inline bool thorough() {
    const char* const wish = std::getenv("NEXUS_THOROUGH");
    return wish != nullptr && std::string(wish) == "1";
}

}  // namespace nexus::test
