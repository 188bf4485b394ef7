// Text from outside that must become valid UTF-8 before it goes into a JSON document. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace nexus {

bool is_utf8(std::string_view text) noexcept;

// `text` with every byte that is no part of a valid sequence replaced by U+FFFD.
std::string to_utf8(std::string_view text);

}  // namespace nexus
