#include "jobs/payload.hpp"

namespace nexus::jobs {
namespace {

std::optional<std::vector<tenants::ConfigItem>> items(const json::Reader& payload,
                                                      std::string_view list,
                                                      std::string_view name) {
    const json::Value* found = payload.find(list);
    if (found == nullptr) return std::nullopt;
    std::vector<tenants::ConfigItem> result;
    for (const auto& element : found->GetArray()) {
        const json::Reader item(element, payload.pointer(list));
        result.push_back({item.string(name), item.string("content")});
    }
    return result;
}

}  // namespace

tenants::ProvisionRequest provision_request(const json::Value& payload) {
    const json::Reader reader(payload, "/payload");
    tenants::ProvisionRequest request;
    request.image = reader.find_string("nexus_image");
    if (reader.has("runtime_env")) request.env = reader.strings("runtime_env");
    request.bridge_shared_secret = reader.find_string("bridge_shared_secret");
    request.prompts = items(reader, "prompts", "name");
    request.skills = items(reader, "skills", "skill_id");
    if (const auto limits = reader.find_object("limits")) {
        request.limits = {limits->find_number("cpus"), limits->find_integer("memory_bytes"),
                          limits->find_integer("pids")};
    }
    return request;
}

tenants::ApplyConfigRequest apply_config_request(const json::Value& payload) {
    const json::Reader reader(payload, "/payload");
    tenants::ApplyConfigRequest request;
    if (reader.has("env")) request.env = reader.strings("env");
    request.prompts = items(reader, "prompts", "name");
    request.skills = items(reader, "skills", "skill_id");
    request.revision = reader.find_string("config_revision");
    return request;
}

tenants::StartRequest start_request(const json::Value& payload) {
    return {json::Reader(payload, "/payload").find_string("nexus_image")};
}

bool keep_volumes(const json::Value& payload) {
    return json::Reader(payload, "/payload").find_boolean("keep_volumes").value_or(false);
}

std::string snapshot(const json::Value& payload) {
    return json::Reader(payload, "/payload").string("snapshot");
}

}  // namespace nexus::jobs
