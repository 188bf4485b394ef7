#include "tenants/runtime_watch.hpp"

#include <poll.h>

#include "base/json.hpp"
#include "tenants/runtime_log.hpp"

namespace nexus::tenants {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_pause(500);

std::string log_data(const std::vector<std::string>& lines) {
    json::Writer writer;
    writer.begin_object().begin_array("log");
    for (const auto& line : lines)
        writer.value(line);
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
    return log_data(last_log_lines(backend_, context.cleanup(patience).call(), name,
                                   store_.environment(context.tenant()), settings_.bridge_port));
}

void RuntimeWatch::refuse(const std::string& name, const std::string& problem,
                          const JobContext& context, ErrorCode code) {
    throw NotUp(code,
                "the runtime " + name + " " + problem + "; its last log lines are in data.log",
                code == ErrorCode::timeout, log_of(name, context));
}

}  // namespace nexus::tenants
