#include "base/base64.hpp"

#include <cstdint>

namespace nexus {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint32_t byte_mask = 0xff;
constexpr std::uint32_t digit_mask = 0x3f;

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    unsigned held = 0;  // bits that no digit has yet
    for (const char c : bytes) {
        bits = bits << 8U | static_cast<std::uint8_t>(c);
        for (held += 8; held >= 6; held -= 6)
            text += alphabet[bits >> (held - 6) & digit_mask];
    }
    if (held > 0) text += alphabet[bits << (6 - held) & digit_mask];
    while (text.size() % 4 != 0)
        text += '=';
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned held = 0;  // bits that no byte has yet
    for (const char c : text) {
        if (c == '=') break;
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & byte_mask);
    }
    // One way to write each: digits or bits left over, and padding anywhere else, are another.
    if (to_base64(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace nexus
