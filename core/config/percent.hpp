// Percent-encoding of URLs (RFC 3986). Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nexus::config {

// Every %XX as its byte; nothing where two hexadecimal digits do not follow a '%', or where they
// are 00, which no name or password of ours can hold.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace nexus::config
