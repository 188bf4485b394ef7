// Why the program cannot do what it was started for, with the exit code that says so. Threads: a
// plain value.
#pragma once

#include <stdexcept>
#include <string>

namespace nexus::app {

// protocol.md, Command line.
enum ExitCode : int {
    exit_done = 0,
    exit_failed = 1,  // the job or check failed
    exit_usage = 64,
    exit_unreachable = 69,  // Redis or engine
    exit_lease_held = 75,   // by another process
    exit_config = 78,
};

// The message says what, and the mend.
class StartFailure : public std::runtime_error {
  public:
    StartFailure(ExitCode code, const std::string& message)
        : std::runtime_error(message), code_(code) {}
    ExitCode code() const noexcept { return code_; }

  private:
    ExitCode code_;
};

}  // namespace nexus::app
