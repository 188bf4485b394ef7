#include "backup/manifest.hpp"

#include <algorithm>

namespace nexus::backup {

bool is_sha256(std::string_view text) noexcept {
    constexpr std::size_t digits = 64;
    return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace nexus::backup
