#include "integration/backend_fixture.hpp"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

constexpr const char* label = "io.nexus.test";

const nexus_backend_descriptor& plugin(const std::string& kind) {
    const std::string file = NEXUS_BINARY_DIR "/lib/nexus/plugins/" + kind + ".so";
    void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(::dlerror());
    const auto entry =
        reinterpret_cast<nexus_backend_entry>(::dlsym(library, NEXUS_BACKEND_SYMBOL));
    if (entry == nullptr) throw std::runtime_error(::dlerror());
    return *entry();
}

}  // namespace

void RecordingHost::log(nexus_log_level /*level*/, std::string_view text) noexcept {
    const std::lock_guard lock(mutex_);
    text_ += std::string(text) + "\n";
}

void RecordingHost::event(const Event& event) noexcept {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
}

std::string RecordingHost::text() const {
    const std::lock_guard lock(mutex_);
    return text_;
}

std::vector<Event> RecordingHost::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::ptrdiff_t RecordingHost::count(const std::string& action, const std::string& container) const {
    const std::lock_guard lock(mutex_);
    return std::count_if(events_.begin(), events_.end(), [&](const Event& event) {
        return event.action == action && event.container == container;
    });
}

BackendFixture::BackendFixture(ContainerEngine& test_engine)
    : engine(test_engine),
      traits(traits_of(engine.kind())),
      backend(create_backend(plugin(engine.kind()), R"({"endpoint":")" + engine.endpoint() + "\"}",
                             host)) {}

std::unique_ptr<Backend> BackendFixture::configured(const std::string& members) {
    return create_backend(plugin(engine.kind()),
                          R"({"endpoint":")" + engine.endpoint() + "\"," + members + "}", host);
}

BackendFixture::~BackendFixture() {
    engine.remove_labelled(label, name(""));
}

CallContext BackendFixture::within(std::chrono::milliseconds time) {
    CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() + time;
    ctx.operation_id = "test";
    return ctx;
}

std::string BackendFixture::name(const std::string& name) const {
    return "it_" + std::to_string(::getpid()) + "_" + name;
}

Labels BackendFixture::labels() const {
    return {{label, name("")}, {"io.nexus.tenant", "test"}};
}

ContainerSpec BackendFixture::spec(const std::string& name_part, const std::string& image) {
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

ContainerSpec BackendFixture::running(const std::string& name_part, const std::string& image) {
    ContainerSpec made = spec(name_part, image);
    backend->ensure_container(ctx(), made);
    backend->start(ctx(), made.name);
    wait_until([&] { return logs(made.name).find("runtime ready") != std::string::npos; },
               std::chrono::seconds(30), "the runtime says that it is ready");
    return made;
}

ContainerState BackendFixture::now(const std::string& container) const {
    auto state = backend->inspect(ctx(), container);
    REQUIRE(state);
    return std::move(*state);
}

std::string BackendFixture::logs(const std::string& container, std::int64_t tail) const {
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
    running.reserve(static_cast<std::size_t>(threads));
    for (int i = 0; i < threads; ++i)
        running.emplace_back([&] {
            std::string result = run_once();
            const std::lock_guard lock(mutex);
            results.insert(std::move(result));
        });
    running.clear();
    return results;
}

}  // namespace nexus::test
