// Another program, run to its end, without a shell between. Threads: any.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace nexus {

struct ChildCommand {
    std::vector<std::string> argv;         // the first one is looked for on the PATH
    std::vector<std::string> environment;  // NAME=value; all that it gets
    std::string folder;                    // it works in; empty: this process's own
    std::size_t most_output = 64U << 10U;  // of each stream: what came last is kept
};

struct ChildOutcome {
    int exit_code = 0;  // of one that ended by itself
    int signal = 0;     // that ended it; 0: none
    std::string out;
    std::string err;
    bool cut = false;  // `out` had more before
};

// The child has a session of its own, so that neither a terminal's signals reach it nor a question
// to the terminal holds it up; its stdin is empty. Once `cancel_fd` is readable (-1: never), it and
// what it started get SIGTERM, after `grace` SIGKILL, and Failure `cancelled` is thrown. Throws
// std::system_error where it cannot be started: ENOENT where there is no such program.
ChildOutcome run_child(const ChildCommand& command, int cancel_fd,
                       std::chrono::milliseconds grace = std::chrono::seconds(10));

}  // namespace nexus
