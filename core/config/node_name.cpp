#include "config/node_name.hpp"

#include "config/characters.hpp"

namespace nexus::config {

std::optional<std::string> node_name_problem(std::string_view text) {
    constexpr std::size_t longest = 63;
    const auto allowed = [](char c) { return is_lower_alnum(c) || c == '.' || c == '-'; };
    if (!text.empty() && text.size() <= longest && is_lower_alnum(text.front()) &&
        all_are(text, allowed)) {
        return std::nullopt;
    }
    return "must be 1 to 63 of a-z, 0-9, '.' and '-', beginning with a letter or digit; write a "
           "name such as worker-1 and keep it over restarts";
}

}  // namespace nexus::config
