// From a payload that fits its schema to the request of the verb. Pure functions; threads: any.
#pragma once

#include <string>

#include "base/json.hpp"
#include "tenants/request.hpp"

namespace nexus::jobs {

tenants::ProvisionRequest provision_request(const json::Value& payload);
tenants::ApplyConfigRequest apply_config_request(const json::Value& payload);
tenants::StartRequest start_request(const json::Value& payload);
bool keep_volumes(const json::Value& payload);
std::string snapshot(const json::Value& payload);

}  // namespace nexus::jobs
