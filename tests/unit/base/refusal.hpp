// What a call has against what it was asked. Threads: any.
#pragma once

#include <functional>
#include <string>
#include <system_error>

namespace nexus::test {

// The message of the system_error that `act` throws; empty where it throws none.
inline std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const std::system_error& error) {
        return error.what();
    }
    return {};
}

}  // namespace nexus::test
