// The desired state of one tenant, as it stands in TENANT_ROOT/<tenant_id>/tenant.json. Threads: a
// plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/timestamp.hpp"
#include "config/settings.hpp"
#include "config/tenant_id.hpp"

namespace nexus::tenants {

using config::TenantId;

enum class Desired { running, stopped, deleted };

std::string_view to_string(Desired desired) noexcept;

struct Limits {
    double cpus = 0;  // processors
    std::int64_t memory_bytes = 0;
    std::int64_t pids = 0;
};

// The tenant's place in the engine's networks.
struct Network {
    std::string name;
    std::string subnet;  // CIDR; empty on a shared network, where the engine gives the address
};

// Why a new image was not kept.
struct Refusal {
    std::string image;
    std::string problem;
    std::string data;  // of the job's result, a JSON object
};

// The job that is being applied, written before its first effect, so that what a crash interrupted
// is known.
struct AppliedJob {
    std::string id;
    std::int64_t attempt = 1;
    std::int64_t starts = 1;  // how often a process began this very attempt
    bool stopped = false;     // a restart has stopped the runtime: what runs after that is new
    bool prepared = false;    // the session volume was removed: one that is there is new
    bool restarted = false;   // a change of the configuration made the runtime anew
    std::string updated_from = {};  // the image before the one that this job proved; empty: none
    std::optional<Refusal> refused = {};  // of this job's image
};

struct TenantRecord {
    explicit TenantRecord(TenantId tenant) : tenant_id(std::move(tenant)) {}
    TenantId tenant_id;
    std::int64_t generation = 0;  // rises with every change
    std::string image;
    // The image before `image`, and what was desired of it, until it is settled whether the new one
    // is kept; empty where no image is on trial.
    std::string previous_image;
    Desired previous_desired = Desired::running;
    Desired desired = Desired::running;
    bool keep_volumes = true;   // of a deletion: as its job said
    bool volumes_made = false;  // they were there once: one that is missing is lost
    Limits limits;
    std::string config_revision;
    Network network;
    std::optional<AppliedJob> job;
    WallTime created_at{};
    WallTime updated_at{};
};

// A tenant that is new on this node. It has no network yet.
TenantRecord new_record(const TenantId& tenant, const config::Settings& settings, WallTime now);

std::string to_json(const TenantRecord& record);

// Throws json::Error with the pointer of the member that is wrong, also where the file names
// another tenant than `expected`: a folder that was copied must not act for the tenant it came
// from.
TenantRecord parse_record(std::string_view text, const TenantId& expected);

}  // namespace nexus::tenants
