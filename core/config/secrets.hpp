// The secrets within settings, for the Redactor. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nexus::config {

// What must not appear in a log once the text of a secret setting is known, well formed or not. Of
// BACKEND_CONFIG: the text, and every string under a name that sounds like a secret (password,
// secret, token, credential, key).
std::vector<std::string> secrets_of(std::string_view setting, std::string_view text);

}  // namespace nexus::config
