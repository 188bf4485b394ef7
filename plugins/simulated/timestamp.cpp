#include "timestamp.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace simulated {

std::string timestamp() {
    using namespace std::chrono;
    const auto now = floor<milliseconds>(system_clock::now());
    const std::time_t seconds_now = system_clock::to_time_t(now);
    std::tm utc{};
    ::gmtime_r(&seconds_now, &utc);
    std::array<char, 32> whole{};
    std::strftime(whole.data(), whole.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 48> text{};
    const auto millis = (now - floor<seconds>(now)).count();
    std::snprintf(text.data(), text.size(), "%s.%03dZ", whole.data(), static_cast<int>(millis));
    return text.data();
}

}  // namespace simulated
