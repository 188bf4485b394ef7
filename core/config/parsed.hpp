// What a parser of this folder gives back: the value, or a sentence that says what is wrong with
// the text and how to mend it. The sentence never repeats the text, which may hold a secret.
#pragma once

#include <string>
#include <variant>

namespace nexus::config {

template <typename T>
using Parsed = std::variant<T, std::string>;

}  // namespace nexus::config
