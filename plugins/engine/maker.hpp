// Which process made a thing in the engine, as a text to keep beside it. Threads: any.
#pragma once

#include <string>

namespace nexus::engine {

// This one. No other has the same text, also not one that gets its number later.
std::string this_process();

// Whether `maker` is another process, and can be seen from here to live.
bool is_another_that_lives(const std::string& maker);

}  // namespace nexus::engine
