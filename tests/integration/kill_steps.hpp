// At which steps of a verb the runner is killed on an engine. Threads: any.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace nexus::test {

// Every kill point that the source of core/tenants names.
std::set<std::string> steps_of_tenants();

// Every step takes minutes on an engine: where they are not thorough() every eighth is kept,
// another one of each deed.
void thin_out(std::vector<std::string>& steps, std::size_t deed);

}  // namespace nexus::test
