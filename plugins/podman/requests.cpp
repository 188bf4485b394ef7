#include "podman/requests.hpp"

#include <nexus/codec.hpp>
#include <optional>
#include <vector>

#include "engine/only.hpp"
#include "engine/registry_auth.hpp"
#include "engine/requests.hpp"
#include "podman/protocol.hpp"

namespace nexus::podman {
namespace {

using engine::Request;

using Subnet = engine::Only<"subnet", std::string>;

struct NetworkBody {
    std::string name;
    std::string driver = "bridge";
    // Nobody on a tenant's network has a name to look up; the host's resolvers serve the rest.
    bool dns_enabled = false;
    Labels labels;
    std::map<std::string, std::string> options{{"isolate", "true"}};
    std::optional<std::vector<Subnet>> subnets;
};

template <typename Visit, codec::Is<NetworkBody> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("driver", value.driver);
    visit("dns_enabled", value.dns_enabled);
    visit("labels", value.labels);
    visit("options", value.options);
    visit("subnets", value.subnets);
}

// Registries on this machine are spoken to without TLS where they have none, as Docker does it.
bool is_loopback(const std::string& repository) {
    const std::string_view registry = std::string_view(repository).substr(0, repository.find('/'));
    return registry == "localhost" || registry.starts_with("localhost:") ||
           registry.starts_with("127.") || registry.starts_with("[::1]");
}

}  // namespace

Request container_stats(const std::string& container) {
    return {"GET", engine::with_query("/containers/stats",
                                      {{"stream", "false"}, {"containers", container}})};
}

Request run_health_check(const std::string& container) {
    Request request{"GET", engine::container_path(container, "/healthcheck")};
    request.idempotent = false;  // each run counts
    return request;
}

Request kill_container(const std::string& container, const std::string& signal) {
    return {"POST",
            engine::with_query(engine::container_path(container, "/kill"), {{"signal", signal}})};
}

Request init_container(const std::string& container) {
    return {"POST", engine::container_path(container, "/init")};
}

Request inspect_volume(const std::string& name) {
    return {"GET", "/volumes/" + engine::percent_encode(name) + "/json"};
}

Request inspect_network(const std::string& name) {
    return {"GET", "/networks/" + engine::percent_encode(name) + "/json"};
}

Request create_network(const NetworkSpec& spec) {
    NetworkBody body;
    body.name = spec.name;
    body.labels = spec.labels;
    if (!spec.subnet.empty()) body.subnets = {Subnet{spec.subnet}};
    return {"POST", "/networks/create", codec::encode(body)};
}

Request remove_network(const std::string& name) {
    return {"DELETE", "/networks/" + engine::percent_encode(name)};
}

Request pull_image(const engine::ImageReference& image, const RegistryAuth& auth) {
    engine::Query query{{"reference", image_names(image).back()}, {"policy", "missing"}};
    if (is_loopback(image.repository)) query.emplace_back("tlsVerify", "false");
    Request request{"POST", engine::with_query("/images/pull", query)};
    engine::authorize(request, auth);
    return request;
}

}  // namespace nexus::podman
