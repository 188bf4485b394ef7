// Reads what Prometheus would read, and is stricter than it. Threads: plain values.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace nexus::test {

// Each sample's value by its name and labels as they stand in the text: `up`, `tenants{a="b"}`.
using Samples = std::map<std::string, double>;

// The text format 0.0.4. Throws std::runtime_error with the line where the text breaks it, or a
// rule that Prometheus asks of names: every family has one HELP and one TYPE before its samples,
// which stand together; no series is there twice; a counter's name ends in `_total`, and no
// other's; a name that ends in a unit has its base unit.
Samples read_exposition(std::string_view text);

}  // namespace nexus::test
