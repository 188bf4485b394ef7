#include "tenants/runtime_watch.hpp"

#include <poll.h>
#include <sys/mman.h>

#include "base/json.hpp"
#include "base/unique_fd.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t shown_log_lines = 50;
constexpr std::size_t shown_log_bytes = 64U << 10U;
constexpr milliseconds longest_pause(500);

std::string last_bytes(int fd) {
    const auto size = ::lseek(fd, 0, SEEK_END);
    const auto from = std::max<off_t>(0, size - static_cast<off_t>(shown_log_bytes));
    std::string text(static_cast<std::size_t>(std::max<off_t>(0, size - from)), '\0');
    const auto got = ::pread(fd, text.data(), text.size(), from);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

// What a job gave the runtime is the customer's: where the runtime prints it, it is blotted out.
void add_secrets(Redactor& redactor, const Environment& env, int bridge_port) {
    const Environment open = complete_environment({}, bridge_port);
    for (const auto& [name, value] : env) {
        const auto known = open.find(name);
        if (known == open.end() || known->second != value) redactor.add(value);
    }
}

std::string log_data(const std::string& log) {
    json::Writer writer;
    writer.begin_object().begin_array("log");
    for (std::string_view rest = log; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        writer.value(line);
    }
    return writer.end_array().end_object().text();
}

}  // namespace

ContainerState RuntimeWatch::wait_until_up(const std::string& name, const JobContext& context) {
    for (milliseconds wait(25);; wait = std::min(wait * 2, longest_pause)) {
        auto state = look(name, context);
        if (state.phase == Phase::running && state.health != Health::starting) return state;
        pause(name, wait, context);
    }
}

void RuntimeWatch::stay_up(const ContainerState& since, milliseconds time,
                           const JobContext& context) {
    const auto end = JobContext::Clock::now() + time;
    while (JobContext::Clock::now() < end) {
        pause(since.name, std::min(time, longest_pause), context);
        const auto state = look(since.name, context);
        if (state.restarts != since.restarts || state.started_at != since.started_at) {
            refuse(since.name, "ended and was started again by the engine", context);
        }
    }
}

ContainerState RuntimeWatch::look(const std::string& name, const JobContext& context) {
    auto state = backend_.inspect(context.call(), name);
    if (!state) {
        throw Failure(ErrorCode::backend_failed,
                      "the container " + name + " was removed while it was being started", true);
    }
    if (state->phase == Phase::exited || state->phase == Phase::dead ||
        state->phase == Phase::restarting) {
        refuse(name, "ended with exit code " + std::to_string(state->exit_code), context);
    }
    if (state->health == Health::unhealthy) {
        refuse(name, "is unhealthy by its own health check", context);
    }
    return std::move(*state);
}

void RuntimeWatch::pause(const std::string& name, milliseconds time, const JobContext& context) {
    pollfd cancel{context.cancel_fd(), POLLIN, 0};
    if (::poll(&cancel, 1, static_cast<int>(time.count())) > 0) {
        throw Failure(ErrorCode::cancelled, "cancelled while waiting for the runtime to come up");
    }
    if (JobContext::Clock::now() >= context.deadline()) {
        refuse(name, "did not become healthy in time; look at its health check", context,
               ErrorCode::timeout);
    }
}

std::string RuntimeWatch::log_of(const std::string& name, const JobContext& context) {
    constexpr std::chrono::seconds patience(5);
    try {
        const UniqueFd file(::memfd_create("runtime-log", MFD_CLOEXEC));
        backend_.logs(context.cleanup(patience).call(), name, shown_log_lines, file.get());
        Redactor redactor;
        add_secrets(redactor, TenantFiles(store_.folder(context.tenant())).read_environment(),
                    settings_.bridge_port);
        return log_data(redactor.clean(last_bytes(file.get())));
    } catch (const BackendError&) {
        return "{}";  // the log is a help; that it cannot be had must not hide the problem itself
    }
}

void RuntimeWatch::refuse(const std::string& name, const std::string& problem,
                          const JobContext& context, ErrorCode code) {
    throw NotUp(code,
                "the runtime " + name + " " + problem + "; its last log lines are in data.log",
                code == ErrorCode::timeout, log_of(name, context));
}

}  // namespace nexus::tenants
