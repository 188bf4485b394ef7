#include "tenants/image_update.hpp"

#include <utility>

#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "tenants/backend_failure.hpp"
#include "tenants/runtime_container.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

bool is_of(const std::optional<AppliedJob>& applied, const JobContext& context) {
    return applied && applied->id == context.job().id;
}

TenantEvent updated(const TenantRecord& record, const JobContext& context) {
    json::Writer payload;
    payload.begin_object()
        .member("image", record.image)
        .member("previous_image", record.job->updated_from)
        .member("job_id", context.job().id)
        .end_object();
    return {record.tenant_id, "image.updated", payload.text(), wall_now()};
}

TenantEvent rolled_back(const TenantId& tenant, const std::string& image,
                        const std::string& previous, const std::string& message) {
    json::Writer payload;
    payload.begin_object()
        .member("image", image)
        .member("previous_image", previous)
        .member("message", message)
        .end_object();
    return {tenant, "image.rolled_back", payload.text(), wall_now()};
}

}  // namespace

ImageUpdate::ImageUpdate(Backend& backend, const TenantStore& store,
                         const config::Settings& settings, std::chrono::milliseconds trial)
    : backend_(backend),
      store_(store),
      settings_(settings),
      trial_(trial),
      convergence_(backend, store, settings),
      watch_(backend, store, settings) {}

void ImageUpdate::settle(TenantRecord& record, JobContext& context) {
    if (is_of(record.job, context)) {
        if (record.job->refused) end_refused(record, context);
        return;
    }
    if (!record.previous_image.empty()) {
        const std::string image = record.image;
        put_back(record, false, context);
        context.tell(rolled_back(record.tenant_id, image, record.image,
                                 "the job that brought it ended before it was proved"));
    } else if (record.job && !record.job->updated_from.empty()) {
        drop_aside(record.tenant_id, context);  // that job may have ended before it did this
    }
}

void ImageUpdate::begin(TenantRecord& record, const std::string& image, const JobContext& context) {
    if (record.image == image) return;
    const bool replaces = !record.image.empty() && record.desired != Desired::deleted;
    try {
        if (replaces && backend_.inspect(context.call(), runtime_name(record.tenant_id))) {
            record.previous_image = record.image;
            record.previous_desired = record.desired;
        }
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
    record.image = image;
}

void ImageUpdate::converge(TenantRecord& record, JobContext& context) {
    if (record.previous_image.empty()) {
        convergence_.run(record, context);
    } else {
        try_image(record, context);
    }
    if (record.job->updated_from.empty()) return;
    context.tell(updated(record, context));
    drop_aside(record.tenant_id, context);
}

void ImageUpdate::try_image(TenantRecord& record, JobContext& context) {
    const std::string name = runtime_name(record.tenant_id);
    try {
        set_aside(record, context);
        prove(convergence_.run(record, context), context);
    } catch (const NotUp& problem) {
        refuse(record, {record.image, problem.what(), problem.data()}, context);
    } catch (const Failure& failure) {
        const bool cancelled = failure.code() == ErrorCode::cancelled;
        if (cancelled || (failure.retryable() && context.is_last())) {
            call_off(record, context);
        } else if (!failure.retryable()) {
            refuse(record, {record.image, failure.what(), watch_.log_of(name, context)}, context);
        }
        throw;
    }
    record.job->updated_from = std::exchange(record.previous_image, "");
    save(record, context);
}

// Where there is none to set aside, as after a crash, or where it was removed behind our back, what
// has the runtime's name is the new one.
void ImageUpdate::set_aside(const TenantRecord& record, const JobContext& context) {
    const std::string name = runtime_name(record.tenant_id);
    const std::string aside = previous_name(record.tenant_id);
    try {
        if (find(aside, context)) return;
        const auto runtime = find(name, context);
        if (!runtime || made_from(*runtime, current_spec(record, store_, settings_))) return;
        convergence_.stop(record.tenant_id, context);
        backend_.rename(context.call(), name, aside);
        NEXUS_KILL_POINT("after_set_aside");
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

void ImageUpdate::prove(const ContainerState& state, JobContext& context) {
    if (state.health != Health::none) return;
    try {
        if (!backend_.info(context.call()).runs_programs) return;
        context.extend(trial_);  // like a pull, it is not counted as the job's own time
        watch_.stay_up(state, trial_, context);
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

void ImageUpdate::drop_aside(const TenantId& tenant, const JobContext& context) {
    try {
        if (!find(previous_name(tenant), context)) return;
        backend_.remove(context.call(), previous_name(tenant));
        NEXUS_KILL_POINT("after_aside_removed");
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

std::optional<ContainerState> ImageUpdate::find(const std::string& name,
                                                const JobContext& context) {
    auto state = backend_.inspect(context.call(), name);
    if (state) require_ours(*state, context.tenant());
    return state;
}

void ImageUpdate::put_back(TenantRecord& record, bool starts, const JobContext& context) {
    const std::string name = runtime_name(record.tenant_id);
    const std::string aside = previous_name(record.tenant_id);
    record.image = std::exchange(record.previous_image, "");
    record.desired = record.previous_desired;
    try {
        if (find(aside, context)) {
            if (find(name, context)) {
                backend_.remove(context.call(), name);
                NEXUS_KILL_POINT("after_container_removed");
            }
            backend_.rename(context.call(), aside, name);
            NEXUS_KILL_POINT("after_put_back");
        }
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
    if (starts && record.desired == Desired::running) start_again(record, context);
    save(record, context);
}

// As it is, whatever else its record says by now: that is for a later job. One that was removed
// behind our back is made again.
void ImageUpdate::start_again(const TenantRecord& record, const JobContext& context) {
    const std::string name = runtime_name(record.tenant_id);
    try {
        if (find(name, context)) {
            backend_.start(context.call(), name);
        } else {
            convergence_.make(record, context);
        }
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

// Nobody goes on with this update. What fails here is left to whoever comes next, by `settle`.
void ImageUpdate::call_off(TenantRecord& record, const JobContext& context) noexcept {
    try {
        put_back(record, true, cleanup(context));
    } catch (const std::exception&) {
        return;
    }
}

void ImageUpdate::refuse(TenantRecord& record, Refusal refusal, JobContext& context) {
    record.job->refused = std::move(refusal);
    save(record, context);
    end_refused(record, context);
}

void ImageUpdate::end_refused(TenantRecord& record, JobContext& context) {
    if (!record.previous_image.empty()) put_back(record, true, cleanup(context));
    const Refusal& refusal = *record.job->refused;
    const bool runs = record.desired == Desired::running;
    const std::string message = "image " + refusal.image + " was not kept: " + refusal.problem +
                                "; " + record.image +
                                (runs ? " runs again" : " is back, stopped as before");
    context.tell(rolled_back(record.tenant_id, refusal.image, record.image, message));
    throw Failure(ErrorCode::image_rolled_back, message, false, refusal.data);
}

void ImageUpdate::save(TenantRecord& record, const JobContext& context) const {
    ++record.generation;
    record.updated_at = wall_now();
    store_.save(record, context.permit());
}

// Putting the old one back is not a part of the job that can be cancelled, or come too late.
JobContext ImageUpdate::cleanup(const JobContext& context) const {
    constexpr std::chrono::seconds patience(60);
    return context.cleanup(settings_.stop_timeout + patience);
}

}  // namespace nexus::tenants
