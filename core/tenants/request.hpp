// What a job asks of a tenant, decoded: the inputs of the lifecycle's verbs. A member that the job
// left out is empty and keeps what the tenant has. Threads: plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nexus::tenants {

struct ConfigItem {
    std::string name;
    std::string content;
};

struct LimitsRequest {
    std::optional<double> cpus;
    std::optional<std::int64_t> memory_bytes;
    std::optional<std::int64_t> pids;
};

// What a runtime's files are made of.
struct ConfigRequest {
    std::optional<std::map<std::string, std::string>> env;
    std::optional<std::string> bridge_shared_secret;
    std::optional<std::vector<ConfigItem>> prompts;  // replace the whole set
    std::optional<std::vector<ConfigItem>> skills;
};

struct ProvisionRequest : ConfigRequest {
    std::optional<std::string> image;
    LimitsRequest limits;
};

struct ApplyConfigRequest : ConfigRequest {
    std::optional<std::string> revision;
};

struct StartRequest {
    std::optional<std::string> image;
};

}  // namespace nexus::tenants
