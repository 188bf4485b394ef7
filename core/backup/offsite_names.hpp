// What sending and fetching agree on: the names of files and tags. Threads: any.
#pragma once

#include <string>

#include "backup/manifest.hpp"

namespace nexus::backup::offsite {

inline constexpr const char* run_file = "run.json";

inline std::string tar_file(const Part& part) {
    return std::string(to_string(part.name)) + ".tar";
}

inline constexpr const char* tag_of_all = "nexus-runner";
inline constexpr const char* tag_of_list = "node-run";  // all that a run has, without the tars
inline constexpr std::string_view run_tag = "run=";
inline std::string tag_of_run(const std::string& id) {
    return std::string(run_tag) + id;
}
inline std::string tag_of(const TenantId& tenant) {
    return "tenant=" + tenant.text();
}

}  // namespace nexus::backup::offsite
