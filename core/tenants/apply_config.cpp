// The verb apply_config.
#include "base/json.hpp"
#include "tenants/backend_failure.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/runtime_container.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {
namespace {

TenantEvent applied(const TenantRecord& record) {
    json::Writer payload;
    payload.begin_object()
        .member("config_revision", record.config_revision)
        .member("restarted_runtime", record.job->restarted)
        .end_object();
    return {record.tenant_id, "config.applied", payload.text(), wall_now()};
}

}  // namespace

// Prompts and skills are read where they are mounted; what a runtime gets at its start is in its
// spec, so that this alone decides. That it is made anew is noted before it is, and told also where
// another process ends the job.
VerbResult Lifecycle::apply_config(const ApplyConfigRequest& request, JobContext& context) {
    check_config(request);
    TenantRecord record = load(context.tenant());
    updates_.settle(record, context);
    if (request.revision) record.config_revision = *request.revision;
    save(record, context);
    write_files(record, request, context);
    VerbResult result{"config_applied", "{}", {}};
    if (record.desired == Desired::running) {
        if (!record.job->restarted && needs_start(record, context)) {
            record.job->restarted = true;
            store_.save(record, context.permit());
        }
        on_free_subnet(record, context, [&] { convergence_.run(record, context); });
        if (record.job->restarted) result.events = status("running", context);
    }
    result.events.insert(result.events.begin(), applied(record));
    return result;
}

bool Lifecycle::needs_start(const TenantRecord& record, const JobContext& context) {
    try {
        const auto runtime = backend_.inspect(context.call(), runtime_name(record.tenant_id));
        return !runtime || runtime->phase != Phase::running ||
               !made_from(*runtime, current_spec(record, store_, settings_));
    } catch (const BackendError& error) {
        throw failure_of(error);
    }
}

}  // namespace nexus::tenants
