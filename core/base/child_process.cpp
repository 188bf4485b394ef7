#include "base/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <nexus/unique_fd.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "base/failure.hpp"

namespace nexus {
namespace {

[[noreturn]] void fail(int code, const std::string& what) {
    throw std::system_error(code, std::generic_category(), what);
}

void require(int code, const std::string& what) {
    if (code != 0) fail(code, what);
}

class Pipe {
  public:
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "pipe2");
        read_end.reset(ends[0]);
        write_end.reset(ends[1]);
    }
    UniqueFd read_end;
    UniqueFd write_end;
};

// What posix_spawn is to do in the child before the program begins.
class Preparation {
  public:
    Preparation() {
        require(posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
        require(posix_spawnattr_init(&attributes_), "posix_spawnattr_init");
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    Preparation(const Preparation&) = delete;
    Preparation& operator=(const Preparation&) = delete;
    ~Preparation() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }

    void streams(int out, int err) {
        require(posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
                "posix_spawn_file_actions_addopen");
        for (const auto& [from, to] : {std::pair{out, STDOUT_FILENO}, {err, STDERR_FILENO}}) {
            require(posix_spawn_file_actions_adddup2(&actions_, from, to),
                    "posix_spawn_file_actions_adddup2");
        }
    }
    void folder(const std::string& path) {
        if (path.empty()) return;
        require(posix_spawn_file_actions_addchdir_np(&actions_, path.c_str()),
                "posix_spawn_file_actions_addchdir_np");
    }

    const posix_spawn_file_actions_t* actions() const { return &actions_; }
    const posix_spawnattr_t* attributes() const { return &attributes_; }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (auto& word : words)
        result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

// The last bytes of a stream.
struct Tail {
    explicit Tail(std::size_t most_bytes) : most(most_bytes) {}

    void add(const char* bytes, std::size_t size) {
        text.append(bytes, size);
        if (text.size() > 2 * most) shorten();
    }
    void shorten() {
        if (text.size() <= most) return;
        text.erase(0, text.size() - most);
        cut = true;
    }

    const std::size_t most;
    std::string text;
    bool cut = false;
};

// A child that was started: ended, with all that it started, and waited for where that was not
// done.
class Child {
  public:
    Child(const ChildCommand& command, int out, int err) {
        Preparation preparation;
        preparation.streams(out, err);
        preparation.folder(command.folder);
        auto words = command.argv;
        auto variables = command.environment;
        require(::posix_spawnp(&pid_, words.at(0).c_str(), preparation.actions(),
                               preparation.attributes(), pointers(words).data(),
                               pointers(variables).data()),
                command.argv[0]);
        ended_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
        if (!ended_) {
            const int code = errno;
            end();
            fail(code, "pidfd_open");
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { end(); }

    int ended_fd() const { return ended_.get(); }
    // Its process group is its own: it began a session.
    void signal(int number) const { ::kill(-pid_, number); }
    int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR)
            continue;
        pid_ = -1;
        return status;
    }

  private:
    void end() {
        if (pid_ <= 0) return;
        signal(SIGKILL);
        wait();
    }

    pid_t pid_ = -1;
    UniqueFd ended_;
};

// False at the end of the stream.
bool take(int fd, Tail& tail) {
    std::array<char, 16U << 10U> room{};
    const ssize_t size = ::read(fd, room.data(), room.size());
    if (size < 0) return errno == EINTR || errno == EAGAIN;
    tail.add(room.data(), static_cast<std::size_t>(size));
    return size > 0;
}

using Clock = std::chrono::steady_clock;
using Deadline = std::optional<Clock::time_point>;

// For poll(2).
int left_ms(Deadline deadline) {
    if (!deadline) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

struct Streams {
    UniqueFd& out;
    UniqueFd& err;
    Tail& out_tail;
    Tail& err_tail;
};

// Until the child has ended; what others who inherited its streams write later is nobody's. False
// where `cancel_fd` was readable before that, or the deadline has come.
bool read_until_end(const Child& child, Streams streams, int cancel_fd, Deadline deadline) {
    for (;;) {
        std::array<pollfd, 4> watched{{{streams.out.get(), POLLIN, 0},
                                       {streams.err.get(), POLLIN, 0},
                                       {child.ended_fd(), POLLIN, 0},
                                       {cancel_fd, POLLIN, 0}}};
        const int ready = ::poll(watched.data(), watched.size(), left_ms(deadline));
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) fail(errno, "poll");
        if (ready == 0 || watched[3].revents != 0) return false;
        const bool out_speaks = watched[0].revents != 0;
        const bool err_speaks = watched[1].revents != 0;
        if (out_speaks && !take(streams.out.get(), streams.out_tail)) streams.out.reset();
        if (err_speaks && !take(streams.err.get(), streams.err_tail)) streams.err.reset();
        if (!out_speaks && !err_speaks && watched[2].revents != 0) return true;
    }
}

}  // namespace

ChildOutcome run_child(const ChildCommand& command, int cancel_fd,
                       std::chrono::milliseconds grace) {
    Pipe out;
    Pipe err;
    Child child(command, out.write_end.get(), err.write_end.get());
    out.write_end.reset();
    err.write_end.reset();
    Tail out_tail(command.most_output);
    Tail err_tail(command.most_output);
    const Streams streams{out.read_end, err.read_end, out_tail, err_tail};
    if (!read_until_end(child, streams, cancel_fd, std::nullopt)) {
        child.signal(SIGTERM);
        read_until_end(child, streams, -1, Clock::now() + grace);
        throw Failure(ErrorCode::cancelled, command.argv[0] + " was ended: cancelled");
    }
    const int status = child.wait();
    out_tail.shorten();
    err_tail.shorten();
    ChildOutcome outcome;
    if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
    outcome.out = std::move(out_tail.text);
    outcome.err = std::move(err_tail.text);
    outcome.cut = out_tail.cut;
    return outcome;
}

}  // namespace nexus
