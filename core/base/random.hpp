// What nobody can guess and never repeats. Threads: any.
#pragma once

#include <string>

namespace nexus {

// 26 characters of [0-9A-Z]: 48 bits of milliseconds, then 80 random bits, so that ids sort by time
// (ULID).
std::string make_id();

// 32 characters of [0-9A-Z], 160 random bits: a password.
std::string make_secret();

}  // namespace nexus
