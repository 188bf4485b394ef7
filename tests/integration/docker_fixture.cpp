#include "integration/docker_fixture.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

constexpr const char* label = "io.nexus.docker-test";

const nexus_backend_descriptor& plugin() {
    void* const library = ::dlopen(NEXUS_DOCKER_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(::dlerror());
    const auto entry =
        reinterpret_cast<nexus_backend_entry>(::dlsym(library, NEXUS_BACKEND_SYMBOL));
    if (entry == nullptr) throw std::runtime_error(::dlerror());
    return *entry();
}

std::string trimmed(std::string text) {
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

}  // namespace

void RecordingHost::log(nexus_log_level /*level*/, std::string_view text) noexcept {
    const std::lock_guard lock(mutex_);
    text_ += std::string(text) + "\n";
}

std::string RecordingHost::text() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

DockerFixture::DockerFixture()
    : engine(DockerEngine::get()),
      backend(create_backend(plugin(), R"({"endpoint":")" + engine.endpoint() + "\"}", log)) {}

DockerFixture::~DockerFixture() {
    const std::string filter = std::string("label=") + label + "=" + name("");
    const auto each = [&](std::vector<std::string> list, const std::vector<std::string>& remove) {
        list.insert(list.end(), {"-q", "--filter", filter});
        std::string names = engine.cli(list).out;
        for (auto end = names.find('\n'); end != std::string::npos; end = names.find('\n')) {
            auto command = remove;
            command.push_back(names.substr(0, end));
            engine.cli(command);
            names.erase(0, end + 1);
        }
    };
    each({"ps", "-a"}, {"rm", "-f", "-v"});
    each({"network", "ls"}, {"network", "rm"});
    each({"volume", "ls"}, {"volume", "rm"});
}

CallContext DockerFixture::within(std::chrono::milliseconds time) {
    CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() + time;
    ctx.operation_id = "test";
    return ctx;
}

std::string DockerFixture::name(const std::string& name) const {
    return "hdk_" + std::to_string(::getpid()) + "_" + name;
}

Labels DockerFixture::labels() const {
    return {{label, name("")}};
}

ContainerSpec DockerFixture::spec(const std::string& name_part, const std::string& image) {
    ContainerSpec spec;
    spec.name = name(name_part);
    spec.image = image.empty() ? engine.image() : image;
    spec.labels = labels();
    spec.network = name("net");
    spec.volumes = {{name("state"), "/data/state"}};
    spec.tmpfs = {"/tmp"};
    spec.memory_bytes = 64 << 20;
    spec.nano_cpus = 500'000'000;
    spec.pids = 64;
    spec.nofile = 512;
    spec.log_max_bytes = 1 << 20;
    spec.log_max_files = 2;
    backend->ensure_network(ctx(), {spec.network, "", labels()});
    backend->ensure_volume(ctx(), {name("state"), labels()});
    return spec;
}

ContainerSpec DockerFixture::running(const std::string& name_part, const std::string& image) {
    ContainerSpec made = spec(name_part, image);
    backend->ensure_container(ctx(), made);
    backend->start(ctx(), made.name);
    wait_until([&] { return logs(made.name).find("runtime ready") != std::string::npos; },
               std::chrono::seconds(30), "the runtime says that it is ready");
    return made;
}

std::string DockerFixture::look(const std::string& container, const std::string& format) const {
    return trimmed(engine.cli({"inspect", "-f", format, container}).out);
}

std::string DockerFixture::logs(const std::string& container, std::int64_t tail) const {
    const TempDir folder;
    const std::string path = folder / "logs";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    backend->logs(ctx(), container, tail, fd);
    ::close(fd);
    return read_file(path);
}

std::set<std::string> results_of(int threads, const std::function<std::string()>& call) {
    std::mutex mutex;
    std::set<std::string> results;
    const auto run_once = [&]() -> std::string {
        try {
            return call();
        } catch (const BackendError& error) {
            return error.what();
        }
    };
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i)
        running.emplace_back([&] {
            std::string result = run_once();
            const std::lock_guard lock(mutex);
            results.insert(std::move(result));
        });
    running.clear();
    return results;
}

BackendError error_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const BackendError& error) {
        return error;
    }
    FAIL("nothing was thrown");
    return {Code::ok, "", false};
}

}  // namespace nexus::test
