#include "support/docker_engine.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "base/unique_fd.hpp"
#include "support/unavailable.hpp"

namespace nexus::test {
namespace {

const std::string script = NEXUS_SOURCE_DIR "/deploy/private-engine.sh";
const std::string runtime_image = "nexus-test-runtime:1.0.0";

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

std::string engine_script(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{script};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto done = run({.argv = argv}, std::chrono::seconds(120));
    if (done.code != 0)
        throw Unavailable("docker engine", done.err.substr(0, done.err.find_last_not_of('\n') + 1));
    return first_line(done.out);
}

// Takes the engine down when this process ends, also when it is killed: a shell of a session of its
// own waits for the end of a pipe that only this process holds.
class Guard {
  public:
    explicit Guard(const std::string& folder) : folder_(folder) {
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
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
        try {
            run({.argv = {script, "down", folder_}});
        } catch (const std::exception&) {
            life_.reset();  // the shell tries once more
        }
    }

  private:
    std::string folder_;
    UniqueFd life_;
};

struct PrivateEngine {
    TempDir files;
    std::string folder = files.path();
    Guard guard{folder};
    std::string endpoint = engine_script({"up", folder});
};

}  // namespace

HttpReply curl(const std::string& endpoint, const std::string& method, const std::string& path,
               const std::string& body, const std::vector<std::string>& headers) {
    const std::string scheme = "unix://";
    if (!endpoint.starts_with(scheme)) throw std::runtime_error(endpoint + " is no unix:// path");
    std::vector<std::string> argv{"curl",
                                  "-sS",
                                  "--max-time",
                                  "120",
                                  "-X",
                                  method,
                                  "--unix-socket",
                                  endpoint.substr(scheme.size()),
                                  "-w",
                                  "\n%{http_code}",
                                  "http://engine" + path};
    for (const auto& header : headers)
        argv.insert(argv.end(), {"-H", header});
    if (!body.empty()) {
        argv.insert(argv.end(), {"-H", "Content-Type: application/json", "--data-binary", body});
    }
    if (method == "HEAD") argv.emplace_back("--head");
    const auto done = run({.argv = argv}, std::chrono::seconds(130));
    if (done.code != 0) throw std::runtime_error("curl " + method + " " + path + ": " + done.err);
    const auto last = done.out.rfind('\n');
    return {std::stoi(done.out.substr(last + 1)), done.out.substr(0, last)};
}

DockerEngine& DockerEngine::get() {
    static DockerEngine engine;
    return engine;
}

DockerEngine::DockerEngine() : endpoint_(variable("NEXUS_TEST_DOCKER")) {
    if (endpoint_.empty()) {
        static const PrivateEngine engine;
        endpoint_ = engine.endpoint;
        netns_ = engine.folder + "/netns";
    } else {
        netns_ = variable("NEXUS_TEST_NETNS");
    }
    image_ = image(runtime_image, {});
}

std::string DockerEngine::image(const std::string& name,
                                const std::vector<std::string>& changes) const {
    std::vector<std::string> arguments{"image", "--endpoint", endpoint_, name};
    arguments.insert(arguments.end(), changes.begin(), changes.end());
    return engine_script(arguments);
}

HttpReply DockerEngine::curl(const std::string& method, const std::string& path,
                             const std::string& body) const {
    return test::curl(endpoint_, method, path, body);
}

Command DockerEngine::cli_command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"docker", "-H", endpoint_});
    return {.argv = std::move(arguments)};
}

Finished DockerEngine::cli(std::vector<std::string> arguments) const {
    return run(cli_command(std::move(arguments)), std::chrono::seconds(120));
}

Finished DockerEngine::exec(const std::string& container, std::vector<std::string> argv) const {
    argv.insert(argv.begin(), {"exec", container});
    return cli(std::move(argv));
}

Command DockerEngine::inside_network(std::vector<std::string> argv) const {
    if (!netns_.empty()) argv.insert(argv.begin(), {"nsenter", "--net=" + netns_});
    return {.argv = std::move(argv)};
}

void DockerEngine::remove_tenant(const std::string& tenant) const {
    const auto name = "tenant_" + tenant + "_";
    cli({"rm", "-f", "-v", name + "runtime"});
    cli({"network", "rm", name + "net"});
    cli({"volume", "rm", "-f", name + "session", name + "state"});
}

}  // namespace nexus::test
