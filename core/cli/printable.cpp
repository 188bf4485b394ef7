#include "cli/printable.hpp"

#include "base/utf8.hpp"

namespace nexus::cli {
namespace {

bool is_control(std::string_view sequence) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
    const bool c1 = sequence.size() == 2 && byte(0) == 0xc2 && byte(1) < 0xa0;
    return c1 || byte(0) < ' ' || byte(0) == 0x7f;
}

void append_escaped(std::string& text, char c) {
    static constexpr std::string_view digits = "0123456789abcdef";
    if (c == '\n') {
        text += "\\n";
    } else if (c == '\t') {
        text += "\\t";
    } else if (c == '\r') {
        text += "\\r";
    } else {
        const auto byte = static_cast<unsigned char>(c);
        text += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const auto length = utf8_sequence(text);
        const auto sequence = text.substr(0, length == 0 ? 1 : length);
        if (length == 0 || is_control(sequence)) {
            for (const char c : sequence)
                append_escaped(result, c);
        } else {
            result += sequence;
        }
        text.remove_prefix(sequence.size());
    }
    return result;
}

}  // namespace nexus::cli
