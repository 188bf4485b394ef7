// A new image for a tenant that has a runtime: the runtime of the old one stands aside until the
// new one has proved itself, and comes back where it does not. What was done is in tenant.json
// before the next step begins, so that a crash at any point is mended by doing it again, and ends
// with the old image or the new one running. Threads: any, as long as no two work on one tenant at
// once.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>
#include <optional>
#include <string>

#include "config/settings.hpp"
#include "tenants/convergence.hpp"
#include "tenants/job_context.hpp"
#include "tenants/tenant_store.hpp"

namespace nexus::tenants {

class ImageUpdate {
  public:
    // `trial`: how long a runtime without a health check must stay up.
    ImageUpdate(Backend& backend, const TenantStore& store, const config::Settings& settings,
                std::chrono::milliseconds trial);

    // Whether the job that is being applied has brought a new image, on trial or proved.
    static bool concerns(const TenantRecord& record) {
        return !record.previous_image.empty() || (record.job && !record.job->updated_from.empty());
    }

    // To be called before anything else is done to the tenant. What another job left half done is
    // undone: the old runtime is back, stopped, and `record` saved as it was before. Where this
    // very job had an image that was refused, it is told so again. Throws Failure.
    void settle(TenantRecord& record, JobContext& context);

    // `record` is to have `image`, which is on the engine. Where a runtime was made of another one,
    // that is noted; the caller saves `record`. Throws Failure.
    void begin(TenantRecord& record, const std::string& image, const JobContext& context);

    // No runtime stands aside any more; the one that has the runtime's name is kept. Throws
    // Failure.
    void drop_aside(const TenantId& tenant, const JobContext& context);

    // Brings the tenant to `record`, as Convergence::run does, with its new image if it has one.
    // Throws Failure `image_rolled_back` where the old one is back. A failure that may be gone at
    // the next attempt leaves everything as it is, for that one to go on.
    void converge(TenantRecord& record, JobContext& context);

  private:
    void try_image(TenantRecord& record, JobContext& context);
    void set_aside(const TenantRecord& record, const JobContext& context);
    void prove(const ContainerState& state, JobContext& context);
    std::optional<ContainerState> find(const std::string& name, const JobContext& context);
    // The tenant has its old image again, and runs where it should and `starts` says so.
    void put_back(TenantRecord& record, bool starts, const JobContext& context);
    void start_again(const TenantRecord& record, const JobContext& context);
    void call_off(TenantRecord& record, const JobContext& context) noexcept;
    [[noreturn]] void refuse(TenantRecord& record, Refusal refusal, JobContext& context);
    [[noreturn]] void end_refused(TenantRecord& record, JobContext& context);
    void save(TenantRecord& record, const JobContext& context) const;
    JobContext cleanup(const JobContext& context) const;

    Backend& backend_;
    const TenantStore& store_;
    const config::Settings& settings_;
    const std::chrono::milliseconds trial_;
    Convergence convergence_;
    RuntimeWatch watch_;
};

}  // namespace nexus::tenants
