// Wall-clock times as they cross to other programs: RFC 3339 in UTC with milliseconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace nexus {

using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

WallTime wall_now() noexcept;

// "2026-11-23T10:00:00.123Z"
std::string format_timestamp(WallTime time);

// Takes any RFC 3339 date-time, with an offset and up to nine digits of a fraction; nothing for
// anything else.
std::optional<WallTime> parse_timestamp(std::string_view text);

}  // namespace nexus
