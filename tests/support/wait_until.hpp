// Waiting for a condition instead of sleeping. Threads: any.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace nexus::test {

// Asks again and again until `condition` holds; false once `deadline` has passed without it.
bool holds_within(std::chrono::milliseconds deadline, const std::function<bool()>& condition);

// The same, and ends the test case with `what` in its message where the condition does not hold in
// time.
void wait_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline,
                const std::string& what);

}  // namespace nexus::test
