#include "conformance/bench.hpp"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "conformance/memory_file.hpp"

namespace nexus::conformance {
namespace {

constexpr const char* label = "io.nexus.check";

// The process that starts every check of a run.
std::string run_number() {
    return std::to_string(::getppid());
}

}  // namespace

void Heard::log(nexus_log_level /*level*/, std::string_view text) noexcept {
    const std::scoped_lock lock(mutex_);
    log_.append(text).append("\n");
}

void Heard::event(const Event& event) noexcept {
    const std::scoped_lock lock(mutex_);
    events_.push_back(event);
}

std::string Heard::log_text() const {
    const std::scoped_lock lock(mutex_);
    return log_;
}

std::vector<Event> Heard::events() const {
    const std::scoped_lock lock(mutex_);
    return events_;
}

Bench::Bench(const Options& options, std::function<void(const Made&)> note)
    : options_(options), note_(std::move(note)) {}

// The last that was made goes first: a container before what it uses.
Bench::~Bench() {
    std::for_each(made_.rbegin(), made_.rend(), [this](const Made& made) { remove(made); });
}

void Bench::adopt(const Made& made) {
    made_.push_back(made);
    note_(made);
}

void Bench::remove(const Made& made) noexcept try {
    if (made.kind == "container") {
        backend().remove(ctx(), made.name);
    } else if (made.kind == "network") {
        backend().remove_network(ctx(), made.name);
    } else {
        backend().remove_volume(ctx(), made.name);
    }
} catch (const std::exception&) {
    // The check has its verdict; what is left is found by its label.
    return;
}

const PluginLibrary& Bench::library() {
    if (!library_) {
        library_ = std::make_unique<PluginLibrary>(PluginLocation{options_.file, ""});
    }
    return *library_;
}

std::string Bench::config(const std::string& endpoint) const {
    auto document = json::parse(options_.config, json::own_files);
    const std::string& text = endpoint.empty() ? options_.endpoint : endpoint;
    if (text.empty()) return options_.config;
    document.RemoveMember("endpoint");
    document.AddMember("endpoint", json::Value(text, document.GetAllocator()),
                       document.GetAllocator());
    return json::to_text(document);
}

Backend& Bench::backend() {
    if (!backend_) backend_ = another();
    return *backend_;
}

std::unique_ptr<Backend> Bench::another(const std::string& endpoint) {
    return library().create(config(endpoint), heard_);
}

CallContext Bench::within(std::chrono::milliseconds time) const {
    return {std::chrono::steady_clock::now() + time, -1, "check", ""};
}

std::string Bench::name(std::string_view part) const {
    return "nexus-check-" + run_number() + "-" + std::string(part);
}

Labels Bench::labels() const {
    return {{label, run_number()}};
}

void Bench::need_image() const {
    if (options_.image.empty()) {
        throw NotApplicable("needs a container: name an image that the engine has with --image");
    }
}

void Bench::need_programs() {
    need_image();
    if (!backend().info(ctx()).runs_programs) {
        throw NotApplicable("this backend says that it runs no programs");
    }
}

void Bench::need_operation(std::string_view what, const std::function<void()>& call,
                           int minor) const {
    try {
        call();
    } catch (const BackendError& error) {
        if (error.code() != Code::unsupported) return;
        throw NotApplicable("this plugin does not have " + std::string(what) +
                            ", which came with ABI minor " + std::to_string(minor));
    }
}

NetworkState Bench::network(std::string_view part, const std::string& subnet) {
    adopt({"network", name(part)});
    return backend().ensure_network(ctx(), {name(part), subnet, labels()});
}

VolumeState Bench::volume(std::string_view part) {
    adopt({"volume", name(part)});
    return backend().ensure_volume(ctx(), {name(part), labels()});
}

ContainerSpec Bench::spec(std::string_view part, const std::string& script) {
    need_image();
    backend().ensure_image(ctx(), {options_.image, {}});
    ContainerSpec spec;
    spec.name = name(part);
    spec.image = options_.image;
    spec.labels = labels();
    spec.env = {{"NEXUS_CHECK", script}};
    spec.network = network("net").name;
    spec.volumes = {{volume("data").name, "/data/state"}};
    spec.tmpfs = {"/tmp"};
    spec.memory_bytes = 64 << 20;
    spec.nano_cpus = 500'000'000;
    spec.pids = 64;
    spec.nofile = 512;
    spec.log_max_bytes = 1 << 20;
    spec.log_max_files = 2;
    return spec;
}

ContainerState Bench::create(const ContainerSpec& spec) {
    adopt({"container", spec.name});
    return backend().ensure_container(ctx(), spec);
}

ContainerSpec Bench::running(std::string_view part, const std::string& script) {
    auto made = spec(part, script);
    create(made);
    backend().start(ctx(), made.name);
    if (backend().info(ctx()).runs_programs) {
        wait_until("the container's program says that it is ready",
                   [&] { return logs(made.name).find("ready") != std::string::npos; });
    }
    return made;
}

ContainerState Bench::state(const std::string& container) {
    const auto found = backend().inspect(ctx(), container);
    expect(found.has_value(), "inspect does not find the container " + container);
    return *found;
}

std::string Bench::logs(const std::string& container, std::int64_t tail) {
    const UniqueFd file = memory_file();
    backend().logs(ctx(), container, tail, file.get());
    return bytes_in(file);
}

std::string Bench::inside(ContainerSpec spec, const std::string& script) {
    spec.env["NEXUS_CHECK"] = script + "\necho ready\n" + obedient();
    create(spec);
    backend().start(ctx(), spec.name);
    wait_until("the script inside the container has run",
               [&] { return logs(spec.name).find("ready\n") != std::string::npos; });
    const std::string text = logs(spec.name);
    return text.substr(0, text.find("ready\n"));
}

void Bench::wait_until(const std::string& what, const std::function<bool()>& holds) const {
    constexpr std::chrono::milliseconds between_looks(50);
    const auto end = std::chrono::steady_clock::now() + options_.patience;
    while (!holds()) {
        expect(std::chrono::steady_clock::now() < end,
               what + ": not within " + std::to_string(options_.patience.count()) + " s");
        std::this_thread::sleep_for(between_looks);
    }
}

void expect(bool holds, const std::string& otherwise) {
    if (!holds) throw Broken(otherwise);
}

BackendError failure_of(const std::string& what, const std::function<void()>& call) {
    try {
        call();
    } catch (const BackendError& error) {
        return error;
    }
    throw Broken(what + " succeeds");
}

void expect_code(Code code, const std::string& what, const std::function<void()>& call) {
    const auto failure = failure_of(what, call);
    expect(failure.code() == code, what + " fails with " + std::string(to_string(failure.code())) +
                                       " (" + failure.what() + ") instead of " +
                                       std::string(to_string(code)));
}

void expect_phase(Bench& bench, const std::string& container, Phase phase) {
    const auto seen = bench.state(container).phase;
    expect(seen == phase, "the container is " + std::string(to_string(seen)) + " instead of " +
                              std::string(to_string(phase)));
}

std::string obedient(int exit_code) {
    return "trap 'exit " + std::to_string(exit_code) +
           "' TERM; echo ready; while :; do sleep 1000 & wait $!; done";
}

}  // namespace nexus::conformance
