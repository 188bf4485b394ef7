// The verbs: what a job does to a tenant. Each writes the desired state first, then converges, so
// that done twice, or taken up again after a crash at any point, it ends in the same place.
// Threads: any, as long as no two work on one tenant at once.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tenants/convergence.hpp"
#include "tenants/event.hpp"
#include "tenants/image_puller.hpp"
#include "tenants/image_update.hpp"
#include "tenants/job_context.hpp"
#include "tenants/request.hpp"
#include "tenants/status_book.hpp"
#include "tenants/subnet_pool.hpp"

namespace nexus::tenants {

struct VerbResult {
    std::string detail;               // of the result, such as "provisioned"
    std::string data = "{}";          // of the result, a JSON object
    std::vector<TenantEvent> events;  // no status where the tenant's state is the one last told
};

class Lifecycle {
  public:
    // All references must outlive this object. Subnets of the tenants in `store` must be reserved
    // already. `trial`: how long a new image without a health check must stay up.
    Lifecycle(Backend& backend, const TenantStore& store, ImagePuller& puller, SubnetPool& subnets,
              StatusBook& book, const config::Settings& settings,
              std::chrono::milliseconds trial = std::chrono::seconds(10));

    // All throw Failure, and std::system_error or json::Error for trouble with the tenant's files.
    VerbResult provision(const ProvisionRequest& request, JobContext& context);
    VerbResult start(const StartRequest& request, JobContext& context);
    VerbResult stop(JobContext& context);
    VerbResult restart(const StartRequest& request, JobContext& context);
    VerbResult health(JobContext& context);
    // Both: a new, empty session volume, and the runtime running. The state volume is not touched.
    VerbResult pair_start(const StartRequest& request, JobContext& context);
    VerbResult whatsapp_disconnect(JobContext& context);
    // A runtime that should run is made anew where its environment changed; a stopped one stays so.
    VerbResult apply_config(const ApplyConfigRequest& request, JobContext& context);
    // The tenant as its record says, which stays as it is but for another subnet where its own is
    // taken. The image must be there.
    VerbResult bring_up(JobContext& context);
    // What an image update left half done is undone, where no job goes on with it: the old runtime
    // is back, stopped, and none stands aside.
    void settle(JobContext& context);
    // A record that has no place in the engine's networks is given one; the caller saves it.
    void place(TenantRecord& record);
    // A tenant that is not there is deleted already.
    VerbResult remove(bool keep_volumes, JobContext& context);

  private:
    TenantRecord load(const TenantId& tenant) const;
    TenantRecord load_or_new(const TenantId& tenant);
    config::ImageRef choose_image(const std::optional<std::string>& requested,
                                  const TenantRecord& record) const;
    void ensure_image(const config::ImageRef& image, JobContext& context);
    void save(TenantRecord& record, const JobContext& context) const;
    void write_files(const TenantRecord& record, const ConfigRequest& request,
                     const JobContext& context) const;
    TenantRecord want_running(const StartRequest& request, JobContext& context);
    // Does `step`, which brings the tenant to `record`, with another subnet where its own is taken.
    void on_free_subnet(TenantRecord& record, const JobContext& context,
                        const std::function<void()>& step);
    void converge(TenantRecord& record, JobContext& context);
    void note_volumes(TenantRecord& record, const JobContext& context) const;
    void renew_session(TenantRecord record, JobContext& context);
    bool needs_start(const TenantRecord& record, const JobContext& context);
    std::vector<TenantEvent> status(const std::string& state, const JobContext& context);

    Backend& backend_;
    const TenantStore& store_;
    ImagePuller& puller_;
    SubnetPool& subnets_;
    StatusBook& book_;
    const config::Settings& settings_;
    Convergence convergence_;
    ImageUpdate updates_;
};

}  // namespace nexus::tenants
