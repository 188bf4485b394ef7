// The version of an engine's API. Threads: as plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nexus::engine {

// "1.41" as a value that can be compared.
struct ApiVersion {
    int major = 0;
    int minor = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees one in what the compiler writes
    auto operator<=>(const ApiVersion&) const = default;
    std::string text() const { return std::to_string(major) + "." + std::to_string(minor); }
};

// Nothing where `text` is no such version.
std::optional<ApiVersion> parse_api_version(std::string_view text);

}  // namespace nexus::engine
