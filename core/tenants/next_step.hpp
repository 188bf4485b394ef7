// What brings a tenant from what the engine has to what it should be. Pure functions; threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

#include "tenants/tenant_record.hpp"

namespace nexus::tenants {

enum class Step {
    none,
    bring_up,  // make what is missing, and start it
    replace,   // the runtime was made from another spec: a new container, the volumes stay
    watch,     // the engine restarts it: see whether it fails again and again
    stop,
    yield,   // another node has the tenant and runs: what runs here ends, and all else stays
    settle,  // an image update was left half done
    remove,  // a deletion was left half done
};

// `runtime`: as listed, null where there is none. `aside`: a former runtime is kept beside it.
// `spec` as the label io.nexus.spec of the container that the record describes.
Step next_step(const TenantRecord& record, const std::string& spec, const ContainerState* runtime,
               bool aside) noexcept;

// Whether the step takes away something that runs, or that is kept, for no better reason than what
// the disk says.
bool disturbs(Step step) noexcept;

// Or would again by itself.
bool runs(const ContainerState& runtime) noexcept;

// The container carries none of our labels: an older deployment made it.
bool is_unlabelled(const ContainerState& runtime) noexcept;

}  // namespace nexus::tenants
