// What is left in a value by accident: quotes, ends of lines, placeholders of an example. Threads:
// any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nexus::config {

// The sign of a placeholder that `text` still holds: REPLACE_WITH, your-org, or a word like <org>.
std::optional<std::string_view> placeholder_in(std::string_view text);

// What of that makes the text of any setting wrong, with the mend, in words that follow the
// setting's name; nothing of the text is in it.
std::optional<std::string> leftover_problem(std::string_view text);

}  // namespace nexus::config
