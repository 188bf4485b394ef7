#include "archive/text.hpp"

#include <algorithm>

namespace nexus::archive {
namespace {

constexpr std::size_t max_bytes = 512;

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_blank(char c) {
    return c == ' ' || is_control(c);
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string short_text(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    if (text.size() > max_bytes) {
        std::size_t end = max_bytes;
        while (end > 0 && continues_character(text[end]))
            --end;
        text = text.substr(0, end);
    }
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    std::string result(text);
    std::replace_if(result.begin(), result.end(), is_control, ' ');
    return result;
}

}  // namespace nexus::archive
