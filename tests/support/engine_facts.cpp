#include "support/engine_facts.hpp"

#include <rapidjson/pointer.h>

#include <stdexcept>

#include "base/json.hpp"

namespace nexus::test {
namespace {

class Inspection {
  public:
    explicit Inspection(const std::string& text) {
        document_.Parse(text.c_str());
        if (document_.HasParseError() || !document_.IsObject()) {
            throw std::runtime_error("the engine's inspection is no JSON object: " + text);
        }
    }

    const json::Value* at(const char* pointer) const {
        return rapidjson::Pointer(pointer).Get(document_);
    }
    std::string text(const char* pointer) const {
        const auto* value = at(pointer);
        return value != nullptr && value->IsString() ? value->GetString() : "";
    }
    std::int64_t number(const char* pointer) const {
        const auto* value = at(pointer);
        return value != nullptr && value->IsInt64() ? value->GetInt64() : 0;
    }
    // What is not there counts as true where that is the worse news.
    bool flag(const char* pointer, bool absent) const {
        const auto* value = at(pointer);
        return value != nullptr && value->IsBool() ? value->GetBool() : absent;
    }

  private:
    json::Document document_;
};

std::map<std::string, std::string> labels_of(const Inspection& inspection) {
    std::map<std::string, std::string> result;
    const auto* labels = inspection.at("/Config/Labels");
    if (labels == nullptr || !labels->IsObject()) return result;
    for (const auto& [name, value] : labels->GetObject())
        result[name.GetString()] = value.GetString();
    return result;
}

std::set<std::string> networks_of(const Inspection& inspection) {
    std::set<std::string> result;
    const auto* networks = inspection.at("/NetworkSettings/Networks");
    if (networks == nullptr || !networks->IsObject()) return result;
    for (const auto& network : networks->GetObject())
        result.insert(network.name.GetString());
    return result;
}

std::map<std::string, std::string> volumes_of(const Inspection& inspection) {
    std::map<std::string, std::string> result;
    const auto* mounts = inspection.at("/Mounts");
    if (mounts == nullptr || !mounts->IsArray()) return result;
    for (const auto& mount : mounts->GetArray()) {
        if (std::string(mount["Type"].GetString()) != "volume") continue;
        result[mount["Destination"].GetString()] = mount["Name"].GetString();
    }
    return result;
}

// Docker keeps the option of its driver; Podman has a text such as "1.049MB".
std::int64_t log_max_of(const Inspection& inspection) {
    const auto option = inspection.text("/HostConfig/LogConfig/Config/max-size");
    if (!option.empty()) return std::stoll(option);
    const auto size = inspection.text("/HostConfig/LogConfig/Size");
    if (size.empty()) return 0;
    std::size_t digits = 0;
    const double value = std::stod(size, &digits);
    const auto unit = size.substr(digits);
    const double factor = unit == "MB" ? 1e6 : unit == "kB" ? 1e3 : unit == "GB" ? 1e9 : 1;
    return static_cast<std::int64_t>(value * factor);
}

}  // namespace

EngineFacts parse_facts(const std::string& text) {
    const Inspection inspection(text);
    EngineFacts facts;
    facts.id = inspection.text("/Id");
    facts.status = inspection.text("/State/Status");
    facts.started_at = inspection.text("/State/StartedAt");
    facts.image = inspection.text("/Config/Image");
    facts.labels = labels_of(inspection);
    facts.networks = networks_of(inspection);
    facts.volumes = volumes_of(inspection);
    facts.restart_policy = inspection.text("/HostConfig/RestartPolicy/Name");
    facts.privileged = inspection.flag("/HostConfig/Privileged", true);
    facts.read_only_root = inspection.flag("/HostConfig/ReadonlyRootfs", false);
    facts.memory = inspection.number("/HostConfig/Memory");
    facts.memory_and_swap = inspection.number("/HostConfig/MemorySwap");
    facts.nano_cpus = inspection.number("/HostConfig/NanoCpus");
    facts.pids = inspection.number("/HostConfig/PidsLimit");
    facts.stop_timeout = inspection.number("/Config/StopTimeout");
    const auto* ports = inspection.at("/HostConfig/PortBindings");
    facts.published_ports = ports != nullptr && ports->IsObject() ? ports->MemberCount() : 0;
    facts.log_max_bytes = log_max_of(inspection);
    return facts;
}

}  // namespace nexus::test
