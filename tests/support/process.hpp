// A child process whose whole group ends with this object, and which the kernel ends if the test
// itself dies. Threads: one at a time; the thread that starts it must live as long as it does.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace nexus::test {

struct Command {
    std::vector<std::string> argv;                // argv[0] is looked up in PATH
    std::map<std::string, std::string> env = {};  // on top of this process's own
    std::string cwd = {};                         // empty: where the test runs
    bool clean_env = false;                       // `env` and PATH are all that the child gets
    int stdin_fd = -1;                            // -1: /dev/null
};

class Process {
  public:
    // Throws std::system_error where it cannot be started. A program that is not there exits with
    // 127.
    explicit Process(const Command& command);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    pid_t pid() const noexcept { return pid_; }
    bool running();
    void signal(int number);
    // The exit code, 128 + the signal's number where one ended it, nothing while it still runs.
    std::optional<int> wait(std::chrono::milliseconds deadline);
    // TERM, and KILL after the deadline; the exit code.
    int stop(std::chrono::milliseconds deadline = std::chrono::seconds(10));

    std::string out() const;
    std::string err() const;
    std::string output() const { return out() + err(); }

  private:
    [[noreturn]] void become(char* const* argv, char* const* env, const Command& command) noexcept;

    TempDir files_;
    pid_t pid_ = -1;
    pid_t parent_;
    std::string out_path_, err_path_;
    std::optional<int> code_;
};

struct Finished {
    int code;
    std::string out, err;
};

// Runs a command to its end. Past the deadline it is killed, and std::runtime_error says so.
Finished run(const Command& command, std::chrono::milliseconds deadline = std::chrono::seconds(60));

}  // namespace nexus::test
