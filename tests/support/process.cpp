#include "support/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    result.reserve(words.size() + 1);
    for (auto& word : words)
        result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> environment(const Command& command) {
    std::map<std::string, std::string> values;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const auto equals = text.find('=');
        const auto name = text.substr(0, equals);
        if (equals == std::string::npos || (command.clean_env && name != "PATH")) continue;
        values[name] = text.substr(equals + 1);
    }
    for (const auto& [name, value] : command.env)
        values[name] = value;
    std::vector<std::string> result;
    result.reserve(values.size());
    for (const auto& [name, value] : values) {
        result.emplace_back(name).append("=").append(value);
    }
    return result;
}

void onto(const char* path, int flags, int target) noexcept {
    const int fd = ::open(path, flags, 0600);
    if (fd < 0 || ::dup2(fd, target) < 0) ::_exit(126);
    if (fd != target) ::close(fd);
}

}  // namespace

Process::Process(const Command& command)
    : parent_(::getpid()), out_path_(files_ / "out"), err_path_(files_ / "err") {
    auto words = command.argv;
    auto variables = environment(command);
    const auto argv = pointers(words);
    const auto env = pointers(variables);
    pid_ = ::fork();
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0) become(argv.data(), env.data(), command);
    ::setpgid(pid_, pid_);  // in both, so that neither has to wait for the other
}

// Only what is safe after a fork of a process with threads.
void Process::become(char* const* argv, char* const* env, const Command& command) noexcept {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent_) ::_exit(126);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    if (command.stdin_fd < 0) {
        onto("/dev/null", O_RDONLY, STDIN_FILENO);
    } else if (::dup2(command.stdin_fd, STDIN_FILENO) < 0) {
        ::_exit(126);
    }
    onto(out_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, STDOUT_FILENO);
    onto(err_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO);
    if (!command.cwd.empty() && ::chdir(command.cwd.c_str()) != 0) ::_exit(126);
    ::execvpe(argv[0], argv, env);
    ::_exit(127);
}

Process::~Process() {
    if (!code_) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

bool Process::running() {
    return !wait(std::chrono::milliseconds(0));
}

void Process::signal(int number) {
    if (running()) ::kill(pid_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds deadline) {
    holds_within(deadline, [this] {
        siginfo_t ended{};
        const auto pid = static_cast<id_t>(pid_);
        if (!code_ && ::waitid(P_PID, pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            ended.si_pid == pid_) {
            // What it left in its group ends too, while the unreaped child still holds the number.
            ::kill(-pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            code_ = ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
        }
        return code_.has_value();
    });
    return code_;
}

int Process::stop(std::chrono::milliseconds deadline) {
    signal(SIGTERM);
    if (auto code = wait(deadline)) return *code;
    ::kill(-pid_, SIGKILL);
    return wait(std::chrono::seconds(10)).value_or(-1);
}

std::string Process::out() const {
    return std::filesystem::exists(out_path_) ? read_file(out_path_) : "";
}

std::string Process::err() const {
    return std::filesystem::exists(err_path_) ? read_file(err_path_) : "";
}

Finished run(const Command& command, std::chrono::milliseconds deadline) {
    Process process(command);
    const auto code = process.wait(deadline);
    if (!code) {
        throw std::runtime_error(command.argv.front() + " did not end within " +
                                 std::to_string(deadline.count()) +
                                 " ms; it said: " + process.output());
    }
    return {*code, process.out(), process.err()};
}

}  // namespace nexus::test
