#include "support/private_engine.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>

#include "support/process.hpp"
#include "support/unavailable.hpp"

namespace nexus::test {
namespace {

const std::string script = NEXUS_SOURCE_DIR "/deploy/private-engine.sh";

}  // namespace

std::string engine_script(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{script};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto done = run({.argv = argv}, std::chrono::seconds(120));
    if (done.code != 0) {
        throw Unavailable("private engine",
                          done.err.substr(0, done.err.find_last_not_of('\n') + 1));
    }
    return done.out.substr(0, done.out.find('\n'));
}

PrivateEngine::PrivateEngine(const std::string& kind) {
    guard();
    endpoint_ = engine_script({"up", "--engine", kind, folder_});
}

PrivateEngine::~PrivateEngine() {
    try {
        run({.argv = {script, "down", folder_}});
    } catch (const std::exception&) {
        life_.reset();  // the shell tries once more
    }
}

// Takes the engine down when this process ends, also when it is killed: a shell of a session of its
// own waits for the end of a pipe that only this process holds.
void PrivateEngine::guard() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    const UniqueFd reading(ends[0]);
    life_.reset(ends[1]);
    std::string shell = "sh";
    std::string option = "-c";
    std::string text = "(cat <&3; exec \"$0\" down \"$1\") >/dev/null 2>&1 &";
    std::string program = script;
    char* argv[] = {shell.data(),   option.data(),  text.data(),
                    program.data(), folder_.data(), nullptr};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, reading.get(), 3);
    pid_t pid = -1;
    const int error = ::posix_spawnp(&pid, "sh", &actions, &attributes, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) throw std::system_error(error, std::generic_category(), "sh");
    ::waitpid(pid, nullptr, 0);
}

}  // namespace nexus::test
