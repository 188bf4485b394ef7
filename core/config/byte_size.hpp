// Sizes in bytes as an operator writes them: a whole number and k, m or g. Threads: any.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/parsed.hpp"

namespace nexus::config {

// "1152m", "2g", "65536": k, m and g are powers of 1024, a bare number is bytes. Less than 2^60.
Parsed<std::int64_t> parse_byte_size(std::string_view text);

}  // namespace nexus::config
