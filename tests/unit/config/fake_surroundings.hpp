// A process for the loader to look at, made of nothing but what a test says. Threads: one test's.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "config/surroundings.hpp"

namespace nexus::test {

using Variables = std::map<std::string, std::string>;

inline config::Surroundings surroundings(Variables variables) {
    config::Surroundings here;
    here.variable =
        [all = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto at = all.find(name);
        if (at == all.end()) return std::nullopt;
        return at->second;
    };
    here.settings_file = "/nonexistent/nexus-runner.properties";
    here.executable_dir = "/opt/build/bin";
    here.host_name = "Worker-1.example";
    return here;
}

}  // namespace nexus::test
