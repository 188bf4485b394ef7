#include "tenants/convergence.hpp"

#include <poll.h>
#include <sys/mman.h>

#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "base/unique_fd.hpp"
#include "tenants/backend_failure.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t shown_log_lines = 50;
constexpr std::size_t shown_log_bytes = 64U << 10U;

bool same_spec(const ContainerState& state, const ContainerSpec& spec) {
    const auto label = state.labels.find(spec_label);
    return label != state.labels.end() && label->second == spec.labels.at(spec_label);
}

// A container of this name that carries another tenant's label is not ours to touch.
void require_ours(const ContainerState& state, const TenantId& tenant) {
    const auto label = state.labels.find(tenant_label);
    if (label == state.labels.end() || label->second == tenant.text()) return;
    throw Failure(ErrorCode::conflict, "the container " + state.name + " belongs to tenant " +
                                           label->second + " by its label; rename or remove it");
}

// The operator's network is never made here: it would have another subnet than the firewall knows.
Failure failure_on_shared_network(const BackendError& error, const config::Settings& settings) {
    Failure plain = failure_of(error);
    if (error.code() != Code::not_found ||
        std::string_view(error.what()).find("network") == std::string_view::npos) {
        return plain;
    }
    const bool podman = settings.backend == "podman";
    return {plain.code(),
            std::string(error.what()) +
                "; TENANT_ISOLATION=shared takes the network that TENANT_NETWORK names as it is. "
                "Make it: " +
                (podman ? "podman network create --opt isolate=true "
                        : "docker network create "
                          "--opt com.docker.network.bridge.enable_icc=false ") +
                settings.tenant_network,
            plain.retryable()};
}

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

void pause(milliseconds time, const JobContext& context) {
    pollfd cancel{context.cancel_fd(), POLLIN, 0};
    if (::poll(&cancel, 1, static_cast<int>(time.count())) > 0) {
        throw Failure(ErrorCode::cancelled, "cancelled while waiting for the runtime to come up");
    }
    if (JobContext::Clock::now() >= context.deadline()) {
        throw Failure(
            ErrorCode::timeout,
            "the runtime did not become healthy in time; look at its log and its health check",
            true);
    }
}

}  // namespace

Convergence::Convergence(Backend& backend, const TenantStore& store,
                         const config::Settings& settings)
    : backend_(backend), store_(store), settings_(settings) {}

void Convergence::run(const TenantRecord& record, const JobContext& context) {
    context.permit()();
    const TenantFiles files(store_.folder(record.tenant_id));
    const ContainerSpec spec =
        runtime_spec(record, files.read_environment(), files.config_path(), settings_);
    const Labels labels = identity(record.tenant_id, settings_.node_name);
    try {
        ensure_network(record, context);
        for (const auto& mount : spec.volumes) {
            backend_.ensure_volume(context.call(), {mount.volume, labels});
        }
        const ContainerState state = ensure_current(spec, context);
        NEXUS_KILL_POINT("after_container_exists");
        if (state.phase != Phase::running) start(spec, context);
        NEXUS_KILL_POINT("after_container_started");
        wait_until_up(spec.name, context);
    } catch (const BackendError& error) {
        const bool shared = record.network.subnet.empty();
        throw shared ? failure_on_shared_network(error, settings_) : failure_of(error);
    }
}

void Convergence::ensure_network(const TenantRecord& record, const JobContext& context) {
    if (record.network.subnet.empty()) return;  // the operator's shared network
    backend_.ensure_network(context.call(), {record.network.name, record.network.subnet,
                                             identity(record.tenant_id, settings_.node_name)});
}

ContainerState Convergence::ensure_current(const ContainerSpec& spec, const JobContext& context) {
    ContainerState state = backend_.ensure_container(context.call(), spec);
    require_ours(state, context.tenant());
    if (same_spec(state, spec)) return state;
    backend_.stop(context.call(), spec.name, std::chrono::seconds(spec.stop_timeout_seconds));
    backend_.remove(context.call(), spec.name);
    return backend_.ensure_container(context.call(), spec);
}

// A container that ran on a network which was made anew since never finds it again, whatever its
// spec says: it is made anew as well, and its volumes stay.
void Convergence::start(const ContainerSpec& spec, const JobContext& context) {
    try {
        backend_.start(context.call(), spec.name);
    } catch (const BackendError& error) {
        if (error.code() != Code::not_found) throw;
        backend_.remove(context.call(), spec.name);
        backend_.ensure_container(context.call(), spec);
        backend_.start(context.call(), spec.name);
    }
}

void Convergence::wait_until_up(const std::string& name, const JobContext& context) {
    constexpr milliseconds longest_pause(500);
    for (milliseconds wait(25);; wait = std::min(wait * 2, longest_pause)) {
        const auto state = backend_.inspect(context.call(), name);
        if (!state) {
            throw Failure(ErrorCode::backend_failed,
                          "the container " + name + " was removed while it was being started",
                          true);
        }
        if (state->phase == Phase::exited || state->phase == Phase::dead ||
            state->phase == Phase::restarting) {
            fail_with_log(*state,
                          "ended at once with exit code " + std::to_string(state->exit_code),
                          context);
        }
        if (state->health == Health::unhealthy) {
            fail_with_log(*state, "is unhealthy by its own health check", context);
        }
        if (state->phase == Phase::running && state->health != Health::starting) return;
        pause(wait, context);
    }
}

void Convergence::fail_with_log(const ContainerState& state, const std::string& problem,
                                const JobContext& context) {
    std::string data = "{}";
    try {
        const UniqueFd file(::memfd_create("runtime-log", MFD_CLOEXEC));
        backend_.logs(context.call(), state.name, shown_log_lines, file.get());
        Redactor redactor;
        add_secrets(redactor, TenantFiles(store_.folder(context.tenant())).read_environment(),
                    settings_.bridge_port);
        data = log_data(redactor.clean(last_bytes(file.get())));
    } catch (const BackendError&) {
        data = "{}";  // the log is a help; that it cannot be had must not hide the problem itself
    }
    throw Failure(
        ErrorCode::backend_failed,
        "the runtime " + state.name + " " + problem + "; its last log lines are in data.log", false,
        std::move(data));
}

void Convergence::stop(const TenantId& tenant, const JobContext& context) {
    const std::string name = runtime_name(tenant);
    try {
        const auto state = backend_.inspect(context.call(), name);
        if (!state) return;
        require_ours(*state, tenant);
        backend_.stop(context.call(), name,
                      std::chrono::duration_cast<std::chrono::seconds>(settings_.stop_timeout));
        NEXUS_KILL_POINT("after_container_stopped");
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

void Convergence::remove(const TenantId& tenant, bool keep_volumes, const JobContext& context) {
    if (keep_volumes) stop(tenant, context);
    try {
        if (const auto state = backend_.inspect(context.call(), runtime_name(tenant))) {
            require_ours(*state, tenant);
            backend_.remove(context.call(), state->name);
            NEXUS_KILL_POINT("after_container_removed");
        }
        backend_.remove_network(context.call(), network_name(tenant));
        if (keep_volumes) return;
        backend_.remove_volume(context.call(), session_volume(tenant));
        backend_.remove_volume(context.call(), state_volume(tenant));
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

}  // namespace nexus::tenants
