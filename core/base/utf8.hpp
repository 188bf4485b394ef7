// Text from outside that must become valid UTF-8 before it goes into a JSON document. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace nexus {

// The length of the valid sequence at the front of `text`, which is not empty (RFC 3629); 0 where
// there is none.
std::size_t utf8_sequence(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;

// `text` with every byte that is no part of a valid sequence replaced by U+FFFD.
std::string to_utf8(std::string_view text);

}  // namespace nexus
