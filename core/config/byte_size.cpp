#include "config/byte_size.hpp"

#include <optional>

#include "config/characters.hpp"

namespace nexus::config {
namespace {

std::optional<unsigned> shift_of(std::string_view suffix) {
    if (suffix.empty()) return 0;
    if (suffix == "k") return 10;
    if (suffix == "m") return 20;
    if (suffix == "g") return 30;
    return std::nullopt;
}

}  // namespace

Parsed<std::int64_t> parse_byte_size(std::string_view text) {
    constexpr std::int64_t limit = std::int64_t{1} << 60U;
    const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
    const auto shift = shift_of(text.substr(digits.size()));
    if (digits.empty() || !shift) {
        return "must be a whole number of bytes, or one with k, m or g behind it (powers of "
               "1024); write it like 1152m";
    }
    const auto number = parse_digits(digits);
    if (!number || *number >= (limit >> *shift)) return "is too big; write less than 1073741824g";
    return *number << *shift;
}

}  // namespace nexus::config
