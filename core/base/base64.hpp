// Bytes as text where text is all that may be (RFC 4648, section 4). Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nexus {

std::string to_base64(std::string_view bytes);

// Nothing where `text` is not what to_base64 would have made of any bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace nexus
