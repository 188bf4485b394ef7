#include "integration/kill_steps.hpp"

#include <filesystem>
#include <regex>

#include "support/temp_dir.hpp"
#include "support/thorough.hpp"

namespace nexus::test {

std::set<std::string> steps_of_tenants() {
    std::set<std::string> steps;
    const std::regex point("NEXUS_KILL_POINT\\(\"([a-z_]+)\"\\)");
    for (const auto& file : std::filesystem::directory_iterator(NEXUS_SOURCE_DIR "/core/tenants")) {
        const auto text = read_file(file.path());
        for (std::sregex_iterator hit(text.begin(), text.end(), point), end; hit != end; ++hit)
            steps.insert((*hit)[1]);
    }
    return steps;
}

void thin_out(std::vector<std::string>& steps, std::size_t deed) {
    constexpr std::size_t kept = 8;
    if (thorough()) return;
    std::vector<std::string> some;
    for (std::size_t i = deed % kept; i < steps.size(); i += kept)
        some.push_back(steps[i]);
    if (!some.empty()) steps = std::move(some);
}

}  // namespace nexus::test
