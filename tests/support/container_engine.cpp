#include "support/container_engine.hpp"

#include <rapidjson/pointer.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "base/json.hpp"

namespace nexus::test {
namespace {

const std::string runtime_image = "nexus-test-runtime:1.0.0";

std::string variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? "" : value;
}

// The network namespace of an engine that deploy/private-engine.sh started, by its socket's folder.
std::string network_of(const std::string& endpoint) {
    const auto folder =
        std::filesystem::path(endpoint.substr(endpoint.find('/') + 2)).parent_path();
    return std::filesystem::exists(folder / ".nexus-private-engine") ? folder / "netns" : "";
}

json::Document parsed(const std::string& text) {
    json::Document document;
    document.Parse(text.c_str());
    if (document.HasParseError()) throw std::runtime_error("the engine answered no JSON: " + text);
    return document;
}

std::vector<std::string> strings(const std::string& text, const char* list, const char* member) {
    const auto document = parsed(text);
    std::vector<std::string> result;
    const auto* values = rapidjson::Pointer(list).Get(document);
    if (values == nullptr || !values->IsArray()) return result;
    for (const auto& value : values->GetArray()) {
        const auto* text_of = rapidjson::Pointer(member).Get(value);
        if (text_of != nullptr && text_of->IsString()) result.emplace_back(text_of->GetString());
    }
    return result;
}

}  // namespace

ContainerEngine& ContainerEngine::get(const std::string& kind) {
    if (kind == "docker") {
        static ContainerEngine docker(kind, variable("NEXUS_TEST_DOCKER"));
        return docker;
    }
    if (kind == "podman") {
        static ContainerEngine podman(kind, variable("NEXUS_TEST_PODMAN"));
        return podman;
    }
    throw std::logic_error("there is no engine \"" + kind + '"');
}

ContainerEngine& ContainerEngine::under_test() {
    const auto kind = variable("NEXUS_TEST_ENGINE");
    return get(kind.empty() ? "docker" : kind);
}

ContainerEngine::ContainerEngine(const std::string& kind) : ContainerEngine(kind, "") {}

ContainerEngine::ContainerEngine(const std::string& kind, const std::string& endpoint)
    : kind_(kind), endpoint_(endpoint) {
    if (endpoint_.empty()) {
        own_ = std::make_unique<PrivateEngine>(kind);
        endpoint_ = own_->endpoint();
    }
    netns_ = network_of(endpoint_);
    image_ = image(runtime_image, {});
}

std::string ContainerEngine::image(const std::string& name,
                                   const std::vector<std::string>& changes) const {
    std::vector<std::string> arguments{"image", "--endpoint", endpoint_, name};
    arguments.insert(arguments.end(), changes.begin(), changes.end());
    return engine_script(arguments);
}

HttpReply ContainerEngine::curl(const std::string& method, const std::string& path,
                                const std::string& body) const {
    return test::curl(endpoint_, method, path, body);
}

bool ContainerEngine::has_container(const std::string& name) const {
    return curl("GET", "/containers/" + name + "/json").status == 200;
}

std::ptrdiff_t ContainerEngine::networks(const std::string& name) const {
    const auto names = strings(curl("GET", "/networks").body, "", "/Name");
    return std::count(names.begin(), names.end(), name);
}

bool ContainerEngine::has_volume(const std::string& name) const {
    return curl("GET", "/volumes/" + name).status == 200;
}

EngineFacts ContainerEngine::facts(const std::string& container) const {
    const std::string prefix = kind_ == "podman" ? "/v4.0.0/libpod" : "";
    const auto reply = curl("GET", prefix + "/containers/" + container + "/json");
    if (reply.status != 200) throw std::runtime_error(container + ": " + reply.body);
    return parse_facts(reply.body);
}

std::string ContainerEngine::digest_of(const std::string& image) const {
    const auto reply = curl("GET", "/images/" + image + "/json");
    const auto digests = strings(reply.body, "/RepoDigests", "");
    if (digests.empty()) throw std::runtime_error(image + " has no digest: " + reply.body);
    return digests.front();
}

void ContainerEngine::remove_container(const std::string& name) const {
    // Frozen, it could not be told to end on every engine.
    curl("POST", "/containers/" + name + "/unpause");
    curl("DELETE", "/containers/" + name + "?force=1&v=1");
}

void ContainerEngine::remove_labelled(const std::string& key, const std::string& value) const {
    const auto filter = "filters=" + url_encoded(R"({"label":[")" + key + "=" + value + R"("]})");
    for (const auto& id : strings(curl("GET", "/containers/json?all=1&" + filter).body, "", "/Id"))
        remove_container(id);
    for (const auto& name : strings(curl("GET", "/networks?" + filter).body, "", "/Name"))
        curl("DELETE", "/networks/" + name);
    for (const auto& name : strings(curl("GET", "/volumes?" + filter).body, "/Volumes", "/Name"))
        curl("DELETE", "/volumes/" + name);
}

void ContainerEngine::remove_tenant(const std::string& tenant) const {
    const auto name = "tenant_" + tenant + "_";
    remove_container(name + "runtime");
    remove_container(name + "previous");
    curl("DELETE", "/networks/" + name + "net");
    curl("DELETE", "/volumes/" + name + "session");
    curl("DELETE", "/volumes/" + name + "state");
}

Finished ContainerEngine::exec(const std::string& container,
                               const std::vector<std::string>& argv) const {
    std::vector<std::string> words{kind_, kind_ == "podman" ? "--url" : "-H", endpoint_, "exec",
                                   container};
    words.insert(words.end(), argv.begin(), argv.end());
    return run({.argv = std::move(words)}, std::chrono::seconds(120));
}

Command ContainerEngine::inside_network(std::vector<std::string> argv) const {
    if (!netns_.empty()) argv.insert(argv.begin(), {"nsenter", "--net=" + netns_});
    return {.argv = std::move(argv)};
}

void ContainerEngine::kill_service() const {
    if (!own_) throw std::logic_error("the service of a shared engine is not ours to end");
    run({.argv = {NEXUS_SOURCE_DIR "/deploy/private-engine.sh", "kill", own_->folder()}});
}

void ContainerEngine::restart_service() const {
    if (!own_) throw std::logic_error("the service of a shared engine is not ours to end");
    engine_script({"restart", own_->folder()});
}

}  // namespace nexus::test
