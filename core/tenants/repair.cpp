#include "tenants/repair.hpp"

#include "tenants/adoption.hpp"
#include "tenants/backend_failure.hpp"
#include "tenants/runtime_container.hpp"
#include "tenants/runtime_log.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

std::optional<std::chrono::milliseconds> up_time(const ContainerState& runtime) {
    const auto from = parse_timestamp(runtime.started_at);
    const auto to = parse_timestamp(runtime.finished_at);
    if (!from || !to || *to < *from)
        return std::nullopt;  // it runs again, and the times are of two
    return *to - *from;
}

// A container that never ran did not fail, and one that the engine did not start again has not
// since it was started.
bool has_failed(const ContainerState& runtime) {
    if (runtime.started_at.empty()) return false;
    switch (runtime.phase) {
        case Phase::exited:
        case Phase::dead:
        case Phase::restarting:
            return true;
        case Phase::running:
            return runtime.restarts > 0 && !runtime.finished_at.empty();
        default:
            return false;
    }
}

}  // namespace

Repair::Repair(Backend& backend, const TenantStore& store, Lifecycle& lifecycle, StatusBook& book,
               CrashLoops& loops, const config::Settings& settings, Log& log, Outside outside)
    : backend_(backend),
      store_(store),
      lifecycle_(lifecycle),
      convergence_(backend, store, settings),
      book_(book),
      loops_(loops),
      settings_(settings),
      log_(log),
      outside_(std::move(outside)) {}

void Repair::run(const TenantId& tenant, const Turn& turn, Hint hint) noexcept {
    try {
        auto context = circumstances(tenant, turn, "reconcile", settings_);
        mend(context, hint);
    } catch (const Failure& failure) {
        failed(tenant, failure);
    } catch (const BackendError& error) {
        failed(tenant, failure_of(error));
    } catch (const std::exception& error) {
        failed(tenant, {ErrorCode::internal, error.what()});
    }
}

void Repair::mend(JobContext& context, Hint hint) {
    const TenantId& tenant = context.tenant();
    const auto place = outside_.place_of(tenant);
    if (place == Place::runs_elsewhere) yield(context);
    if (place != Place::here || outside_.is_unsettled(tenant)) return;
    const auto record = store_.load(tenant);
    if (!record) {
        if (store_.is_unadopted(tenant)) adopt(context);
        return;
    }
    auto runtime = look(context);
    if (runtime && runtime->phase == Phase::running) runtime->exit_code = hint.exit_code;
    const auto* seen = runtime ? &*runtime : nullptr;
    book_.observe(tenant, *record, observed_state(seen, loops_.is_looping(tenant)), outside_.now());
    const auto spec = current_spec(*record, store_, settings_);
    const Step step = next_step(*record, spec.labels.at(spec_label), seen, hint.aside);
    if (disturbs(step) && !hint.may_disturb) return;
    take(step, *record, runtime, context);
    if (step == Step::settle) return mend(context, {hint.may_disturb, false, 0});
    book_.went_well(tenant);
}

// Two runtimes of one tenant would speak for one customer.
void Repair::yield(JobContext& context) {
    const auto runtime = look(context);
    if (!runtime || !runs(*runtime)) return;
    convergence_.stop(context.tenant(), context);
    log_.warning(
        "stopped a runtime, since another node has its tenant and runs; its folder and volumes "
        "are as they were",
        {{"tenant", context.tenant().text()}});
}

Repair::Runtime Repair::look(const JobContext& context) {
    auto runtime = backend_.inspect(context.call(), runtime_name(context.tenant()));
    if (runtime) require_ours(*runtime, context.tenant());
    return runtime;
}

// What the engine starts by itself may fail as often as what this process starts.
void Repair::watch(const TenantRecord& record, const ContainerState& runtime,
                   const JobContext& context) {
    if (record.desired != Desired::running) return;
    if (has_failed(runtime)) may_start(record, runtime, context);
    const auto started = parse_timestamp(runtime.started_at);
    if (runtime.phase == Phase::running && started) {
        loops_.is_up(record.tenant_id, outside_.now() - *started);
    }
}

void Repair::adopt(const JobContext& context) {
    auto record = adopted_record(context.tenant(), look(context), settings_, outside_.now());
    record.volumes_made = !missing_volume(context.tenant(), context);
    lifecycle_.place(record);
    store_.save(record, context.permit());
    log_.info("adopted a tenant of an older deployment",
              {{"tenant", context.tenant().text()},
               {"image", record.image},
               {"desired", std::string(to_string(record.desired))}});
}

void Repair::take(Step step, const TenantRecord& record, const Runtime& runtime,
                  JobContext& context) {
    const TenantId& tenant = record.tenant_id;
    switch (step) {
        case Step::none:
        case Step::yield:  // in its own way
        case Step::watch:
            if (runtime) watch(record, *runtime, context);
            break;
        case Step::bring_up:
            bring_up(record, runtime, context);
            break;
        case Step::replace:
            if (runtime->phase == Phase::dead) backend_.remove(context.call(), runtime->name);
            convergence_.make(record, context);
            log_.info("made a runtime anew: its spec had changed", {{"tenant", tenant.text()}});
            break;
        case Step::stop:
            convergence_.stop(tenant, context);
            log_.info("stopped a runtime that should not run", {{"tenant", tenant.text()}});
            break;
        case Step::settle:
            lifecycle_.settle(context);
            tell(context.take_events());
            log_.info("settled an image update that was left half done",
                      {{"tenant", tenant.text()}});
            break;
        case Step::remove:
            tell(lifecycle_.remove(record.keep_volumes, context).events);
            log_.info("finished a deletion that was left half done", {{"tenant", tenant.text()}});
            break;
    }
}

void Repair::bring_up(const TenantRecord& record, const Runtime& runtime,
                      const JobContext& context) {
    const TenantId& tenant = record.tenant_id;
    if (runtime && has_failed(*runtime) && !may_start(record, *runtime, context)) return;
    require_volumes(record, context);
    if (runtime && is_unlabelled(*runtime)) {
        backend_.start(context.call(), runtime->name);
    } else {
        convergence_.make(record, context);
    }
    book_.restarted(tenant);
    log_.info(
        runtime ? "started a runtime that should run" : "made a runtime again that was missing",
        {{"tenant", tenant.text()}});
}

std::optional<std::string> Repair::missing_volume(const TenantId& tenant,
                                                  const JobContext& context) {
    for (const auto& name : {session_volume(tenant), state_volume(tenant)}) {
        if (!backend_.inspect_volume(context.call(), name)) return name;
    }
    return std::nullopt;
}

// An empty volume in the place of a lost one would look like a customer without data, and be backed
// up as that.
void Repair::require_volumes(const TenantRecord& record, const JobContext& context) {
    if (!record.volumes_made) return;
    const auto missing = missing_volume(record.tenant_id, context);
    if (!missing) return;
    throw Failure(ErrorCode::backend_failed,
                  "the volume " + *missing +
                      " is gone, and the runtime is not started on an empty one; restore it "
                      "from a backup, or submit a provision job to begin with an empty one");
}

bool Repair::may_start(const TenantRecord& record, const ContainerState& runtime,
                       const JobContext& context) {
    const auto now = outside_.now();
    const auto verdict =
        loops_.ended(record.tenant_id, runtime.id + runtime.finished_at, up_time(runtime), now);
    book_.restarts(record.tenant_id, runtime.restarts);
    if (verdict.begins) tell_loop(record, runtime, context);
    return verdict.due <= now;
}

void Repair::tell_loop(const TenantRecord& record, const ContainerState& runtime,
                       const JobContext& context) {
    book_.observe(record.tenant_id, record, observed_state(&runtime, true), outside_.now());
    const auto lines = last_log_lines(backend_, context.call(), runtime.name,
                                      store_.environment(record.tenant_id), settings_.bridge_port);
    tell(book_.tell(record.tenant_id, "crash_loop", "", [&](json::Writer& payload) {
        payload.member("exit_code", runtime.exit_code)
            .member("oom_killed", runtime.oom_killed)
            .begin_array("log");
        for (const auto& line : lines)
            payload.value(line);
        payload.end_array();
    }));
    log_.warning("a runtime fails again and again; it is started with growing pauses",
                 {{"tenant", record.tenant_id.text()},
                  {"exit_code", std::to_string(runtime.exit_code)},
                  {"oom_killed", runtime.oom_killed ? "true" : "false"}});
}

void Repair::failed(const TenantId& tenant, const Failure& failure) {
    if (failure.code() == ErrorCode::cancelled) return;  // this process ends
    const int failures = loops_.repair_failed(tenant, outside_.now());
    book_.failed(tenant, failure.what());
    log_.warning("a tenant could not be brought to its desired state; trying again",
                 {{"tenant", tenant.text()},
                  {"code", std::string(to_string(failure.code()))},
                  {"message", failure.what()}});
    if (failures == 1 && failure.retryable()) return;
    if (outside_.place_of(tenant) != Place::here) return;
    tell(book_.tell(tenant, "error", "", [&failure](json::Writer& payload) {
        payload.member("message", failure.what());
    }));
}

void Repair::tell(std::vector<TenantEvent> events) {
    for (auto& event : events)
        outside_.tell(std::move(event));
}

}  // namespace nexus::tenants
