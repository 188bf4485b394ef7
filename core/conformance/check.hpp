// One rule of the plugin boundary as a program that tries it. Threads: a check runs in one thread
// of a process of its own, and may start others that it joins.
#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::conformance {

class Bench;

struct Check {
    std::string_view name;  // "stop-twice": for --only, JSON and JUnit
    std::string_view rule;  // what a plugin keeps, as a sentence without a full stop
    std::function<void(Bench&)>
        run;  // throws Broken or NotApplicable; anything else is a broken rule too
};

// The rule is not kept; the message says what was seen.
class Broken : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// The rule cannot be tried on this plugin, or with these options; the message says why.
class NotApplicable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct Outcome {
    enum class Kind { passed, failed, not_applicable };
    Kind kind = Kind::failed;
    std::string reason;  // empty where it passed
    std::chrono::milliseconds took{0};
};

// Each list belongs to one source file.
std::vector<Check> load_checks();       // the file and its descriptor; no engine needed
std::vector<Check> boundary_checks();   // the C functions themselves
std::vector<Check> instance_checks();   // create and destroy
std::vector<Check> resource_checks();   // networks, volumes, images
std::vector<Check> container_checks();  // a container from creation to removal
std::vector<Check> state_checks();      // pause, rename, stats, events
std::vector<Check> inside_checks();     // what a program sees inside of its container
std::vector<Check> bulk_checks();       // logs, and whole volumes
std::vector<Check> swap_checks();       // volumes that exchange their content
std::vector<Check> time_checks();       // deadlines, cancellation, many threads
std::vector<Check> engine_checks();     // an engine that misbehaves

}  // namespace nexus::conformance
