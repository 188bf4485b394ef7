// What an engine itself says about a container, in the members that Docker and Podman share.
// Threads: a plain value.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace nexus::test {

struct EngineFacts {
    std::string id;
    std::string status;  // "running", "exited" and so on
    std::string started_at;
    std::string image;  // the reference it was created from, as the engine keeps it
    std::map<std::string, std::string> labels;
    std::set<std::string> networks;              // their names
    std::map<std::string, std::string> volumes;  // the volume's name by its target
    std::string restart_policy;
    bool privileged = true;
    bool read_only_root = false;
    std::int64_t memory = 0;  // bytes
    std::int64_t memory_and_swap = 0;
    std::int64_t nano_cpus = 0;
    std::int64_t pids = 0;
    std::int64_t stop_timeout = 0;  // seconds
    std::size_t published_ports = 0;
    std::int64_t log_max_bytes = 0;  // 0: no limit
};

// Reads the answer of an engine's own inspection. Throws std::runtime_error where it is no object.
EngineFacts parse_facts(const std::string& inspection);

}  // namespace nexus::test
