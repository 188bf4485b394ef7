// What a run left behind, read from the files and streams that it wrote. Threads: plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/timestamp.hpp"

namespace nexus::faults {

// A line of the simulated backend's journal: an operation that was begun.
struct Begun {
    std::string op;
    std::string tenant;
    std::string job;
};

// A line of its effects: an operation that changed the engine.
struct Effect {
    std::string op;
    std::string object;
    std::string tenant;
    std::string job;
};

// An entry of the results stream.
struct Result {
    std::string job;
    std::string status;
    std::string code;  // of its error; empty where there is none
    std::string message;
    std::optional<WallTime> queued_at;
    std::optional<WallTime> finished_at;
};

// The simulated engine, as its state file says: a container's phase by its name, and the names of
// the volumes and networks.
struct EngineState {
    std::map<std::string, std::string> containers;
    std::vector<std::string> volumes;
    std::vector<std::string> networks;
};

// A line that a kill cut short has no newline and is none. Throws json::Error where another is not
// what it should be.
std::vector<Begun> read_journal(const std::string& text);
std::vector<Effect> read_effects(const std::string& text);
Result read_result(const std::string& json);
EngineState read_engine(const std::string& json);

}  // namespace nexus::faults
