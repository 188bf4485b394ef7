#include "tenants/lifecycle.hpp"

#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "tenants/backend_failure.hpp"
#include "tenants/observed.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

constexpr const char* secret_name = "BRIDGE_SHARED_SECRET";

void apply_limits(const LimitsRequest& request, Limits& limits) {
    if (request.cpus) limits.cpus = *request.cpus;
    if (request.memory_bytes) limits.memory_bytes = *request.memory_bytes;
    if (request.pids) limits.pids = *request.pids;
}

}  // namespace

Lifecycle::Lifecycle(Backend& backend, const TenantStore& store, ImagePuller& puller,
                     SubnetPool& subnets, StatusBook& book, const config::Settings& settings,
                     std::chrono::milliseconds trial)
    : backend_(backend),
      store_(store),
      puller_(puller),
      subnets_(subnets),
      book_(book),
      settings_(settings),
      convergence_(backend, store, settings),
      updates_(backend, store, settings, trial) {}

VerbResult Lifecycle::provision(const ProvisionRequest& request, JobContext& context) {
    check_config(request);
    TenantRecord record = load_or_new(context.tenant());
    updates_.settle(record, context);
    const auto image = choose_image(request.image, record);
    ensure_image(image, context);
    updates_.begin(record, image.text(), context);
    record.desired = Desired::running;
    apply_limits(request.limits, record.limits);
    place(record);
    save(record, context);
    write_files(record, request, context);
    converge(record, context);
    return {"provisioned", "{}", status("running", context)};
}

VerbResult Lifecycle::start(const StartRequest& request, JobContext& context) {
    TenantRecord record = want_running(request, context);
    converge(record, context);
    return {"started", "{}", status("running", context)};
}

VerbResult Lifecycle::restart(const StartRequest& request, JobContext& context) {
    TenantRecord record = want_running(request, context);
    // A new image stops the runtime of the one before by itself, and what runs after that is new.
    if (!record.job->stopped && !ImageUpdate::concerns(record)) {
        convergence_.stop(context.tenant(), context);
        record.job->stopped = true;
        store_.save(record, context.permit());
    }
    converge(record, context);
    return {"restarted", "{}", status("running", context)};
}

VerbResult Lifecycle::stop(JobContext& context) {
    TenantRecord record = load(context.tenant());
    updates_.settle(record, context);
    record.desired = Desired::stopped;
    save(record, context);
    convergence_.stop(context.tenant(), context);
    return {"stopped", "{}", status("paused", context)};
}

VerbResult Lifecycle::bring_up(JobContext& context) {
    TenantRecord record = load(context.tenant());
    if (record.desired != Desired::running) {
        convergence_.stop(context.tenant(), context);
        return {"stopped", "{}", status("paused", context)};
    }
    on_free_subnet(record, context, [&] { convergence_.run(record, context); });
    note_volumes(record, context);
    return {"started", "{}", status("running", context)};
}

void Lifecycle::settle(JobContext& context) {
    TenantRecord record = load(context.tenant());
    updates_.settle(record, context);
    updates_.drop_aside(context.tenant(), context);
}

VerbResult Lifecycle::health(JobContext& context) {
    const TenantRecord record = load(context.tenant());
    try {
        const Observed observed{
            backend_.inspect(context.call(), runtime_name(record.tenant_id)),
            backend_.inspect_volume(context.call(), session_volume(record.tenant_id)),
            backend_.inspect_volume(context.call(), state_volume(record.tenant_id))};
        return {"ok", health_data(record, observed), {}};
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

VerbResult Lifecycle::remove(bool keep_volumes, JobContext& context) {
    auto record = store_.load(context.tenant());
    if (record) {
        record->desired = Desired::deleted;
        record->keep_volumes = keep_volumes;
        save(*record, context);
    }
    convergence_.remove(context.tenant(), keep_volumes, context);
    context.permit()();
    store_.remove(context.tenant());
    NEXUS_KILL_POINT("after_tenant_removed");
    if (record && !record->network.subnet.empty()) subnets_.release(record->network.subnet);
    auto events = status("deleted", context);
    book_.forget(context.tenant());
    return {"deleted", "{}", std::move(events)};
}

TenantRecord Lifecycle::load(const TenantId& tenant) const {
    auto record = store_.load(tenant);
    if (!record || record->desired == Desired::deleted) {
        throw Failure(ErrorCode::tenant_not_found, "tenant " + tenant.text() + " is not on node " +
                                                       settings_.node_name +
                                                       "; provision it first");
    }
    return std::move(*record);
}

TenantRecord Lifecycle::load_or_new(const TenantId& tenant) {
    if (auto record = store_.load(tenant)) return std::move(*record);
    return new_record(tenant, settings_, wall_now());
}

void Lifecycle::place(TenantRecord& record) {
    if (!record.network.name.empty()) return;
    const bool shared = settings_.tenant_isolation == config::Isolation::shared;
    record.network = shared ? Network{settings_.tenant_network, ""}
                            : Network{network_name(record.tenant_id), subnets_.take()};
}

config::ImageRef Lifecycle::choose_image(const std::optional<std::string>& requested,
                                         const TenantRecord& record) const {
    std::string text = record.image;
    if (requested) {
        text = *requested;
    } else if (text.empty()) {
        text = settings_.nexus_image ? settings_.nexus_image->text() : "";
    }
    if (text.empty()) {
        throw Failure(ErrorCode::image_invalid,
                      "no image is named: give nexus_image in the payload, or set NEXUS_IMAGE");
    }
    auto image = config::ImageRef::parse(text);
    if (const auto* problem = std::get_if<std::string>(&image)) {
        throw Failure(ErrorCode::image_invalid, "/payload/nexus_image: " + *problem);
    }
    auto& reference = std::get<config::ImageRef>(image);
    if (!config::allowed(reference, settings_.image_allow)) {
        throw Failure(ErrorCode::image_invalid,
                      "image " + text + " is not below any prefix that IMAGE_ALLOW names");
    }
    return std::move(reference);
}

void Lifecycle::ensure_image(const config::ImageRef& image, JobContext& context) {
    const auto before = JobContext::Clock::now();
    puller_.ensure(context.slow_call(settings_.pull_timeout), image);
    context.extend(JobContext::Clock::now() - before);
    NEXUS_KILL_POINT("after_image_exists");
}

void Lifecycle::save(TenantRecord& record, const JobContext& context) const {
    ++record.generation;
    const AppliedJob& job = context.job();
    if (record.job && record.job->id == job.id) {
        record.job->starts = record.job->attempt == job.attempt ? record.job->starts + 1 : 1;
        record.job->attempt = job.attempt;
    } else {
        record.job = job;
    }
    record.updated_at = wall_now();
    store_.save(record, context.permit());
}

void Lifecycle::write_files(const TenantRecord& record, const ConfigRequest& request,
                            const JobContext& context) const {
    context.permit()();
    const TenantFiles files(store_.folder(record.tenant_id), context.permit());
    const Environment before = files.read_environment();
    Environment env = request.env ? complete_environment(*request.env, settings_.bridge_port)
                                  : complete_environment(before, settings_.bridge_port);
    if (request.bridge_shared_secret) {
        env[secret_name] = *request.bridge_shared_secret;
    } else if (const auto kept = before.find(secret_name); kept != before.end()) {
        env.insert(*kept);
    }
    files.write_environment(env);
    NEXUS_KILL_POINT("after_environment_written");
    files.write_env_json(env);
    if (request.prompts) files.replace_prompts(*request.prompts);
    if (request.skills) files.replace_skills(*request.skills);
    NEXUS_KILL_POINT("after_files_written");
}

TenantRecord Lifecycle::want_running(const StartRequest& request, JobContext& context) {
    TenantRecord record = load(context.tenant());
    updates_.settle(record, context);
    const auto image = choose_image(request.image, record);
    ensure_image(image, context);
    updates_.begin(record, image.text(), context);
    record.desired = Desired::running;
    place(record);
    save(record, context);
    return record;
}

// A subnet that somebody else has stays marked as taken, so that no tenant is given it again.
void Lifecycle::on_free_subnet(TenantRecord& record, const JobContext& context,
                               const std::function<void()>& step) {
    while (true) {
        try {
            return step();
        } catch (const SubnetTaken&) {
            record.network.subnet = subnets_.take();
            store_.save(record, context.permit());
        }
    }
}

void Lifecycle::converge(TenantRecord& record, JobContext& context) {
    on_free_subnet(record, context, [&] { updates_.converge(record, context); });
    note_volumes(record, context);
}

// From now on one that is gone is missed.
void Lifecycle::note_volumes(TenantRecord& record, const JobContext& context) const {
    if (record.volumes_made) return;
    record.volumes_made = true;
    store_.save(record, context.permit());
}

std::vector<TenantEvent> Lifecycle::status(const std::string& state, const JobContext& context) {
    return book_.tell(context.tenant(), state, context.job().id);
}

}  // namespace nexus::tenants
