// The verbs that give a tenant a new session: pair_start and whatsapp_disconnect.
#include "base/json.hpp"
#include "tenants/lifecycle.hpp"

namespace nexus::tenants {

VerbResult Lifecycle::pair_start(const StartRequest& request, JobContext& context) {
    renew_session(want_running(request, context), context);
    return {"pairing_started", "{}", status("pending_pairing", context)};
}

VerbResult Lifecycle::whatsapp_disconnect(JobContext& context) {
    renew_session(want_running({}, context), context);
    json::Writer payload;
    payload.begin_object().member("job_id", context.job().id).end_object();
    VerbResult result{"whatsapp_disconnected", "{}", {}};
    result.events.push_back(
        {context.tenant(), "whatsapp.disconnected", payload.text(), wall_now()});
    for (auto& event : status("pending_pairing", context))
        result.events.push_back(std::move(event));
    return result;
}

// The image first: one that is no good must not cost the tenant its session. A volume that is there
// after the record says `prepared` is new, and may hold a session already.
void Lifecycle::renew_session(TenantRecord record, JobContext& context) {
    if (ImageUpdate::concerns(record)) {
        on_free_subnet(record, context, [&] { updates_.converge(record, context); });
    }
    if (!record.job->prepared) {
        record.volumes_made = false;  // from here on one is missing, and that is no loss
        store_.save(record, context.permit());
        convergence_.remove_session(record.tenant_id, context);
        record.job->prepared = true;
        store_.save(record, context.permit());
    }
    on_free_subnet(record, context, [&] { convergence_.run(record, context); });
    note_volumes(record, context);
}

}  // namespace nexus::tenants
