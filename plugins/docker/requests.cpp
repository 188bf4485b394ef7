#include "docker/requests.hpp"

#include <nexus/codec.hpp>
#include <optional>

#include "engine/only.hpp"
#include "engine/registry_auth.hpp"
#include "engine/requests.hpp"

namespace nexus::docker {
namespace {

using engine::Request;

using Pool = engine::Only<"Subnet", std::string>;
using AddressManagement = engine::Only<"Config", std::vector<Pool>>;

struct NetworkBody {
    std::string name;
    bool check_duplicate = true;
    std::string driver = "bridge";
    Labels labels;
    std::optional<AddressManagement> addresses;
};

template <typename Visit, codec::Is<NetworkBody> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("CheckDuplicate", value.check_duplicate);
    visit("Driver", value.driver);
    visit("Labels", value.labels);
    visit("IPAM", value.addresses);
}

std::string network(const std::string& id) {
    return "/networks/" + engine::percent_encode(id);
}

}  // namespace

Request wait_for_removal(const std::string& name) {
    return {"POST",
            engine::with_query(engine::container_path(name, "/wait"), {{"condition", "removed"}})};
}

// The engine measures every second; without one-shot it waits for a second measure.
Request container_stats(const std::string& name) {
    return {"GET", engine::with_query(engine::container_path(name, "/stats"),
                                      {{"stream", "0"}, {"one-shot", "1"}})};
}

Request inspect_volume(const std::string& name) {
    return {"GET", "/volumes/" + engine::percent_encode(name)};
}

Request list_networks(const std::string& name) {
    return {"GET",
            engine::with_query("/networks", {{"filters", engine::filters({{"name", {name}}})}})};
}

Request inspect_network(const std::string& id) {
    return {"GET", network(id)};
}

Request create_network(const NetworkSpec& spec) {
    NetworkBody body;
    body.name = spec.name;
    body.labels = spec.labels;
    if (!spec.subnet.empty()) body.addresses = AddressManagement{{Pool{spec.subnet}}};
    Request request{"POST", "/networks/create", codec::encode(body)};
    request.idempotent = false;  // an old engine may make a second one of the same name
    return request;
}

Request remove_network(const std::string& id) {
    return {"DELETE", network(id)};
}

Request pull_image(const engine::ImageReference& image, const RegistryAuth& auth) {
    Request request{"POST", engine::with_query("/images/create", {{"fromImage", image.repository},
                                                                  {"tag", image.version}})};
    engine::authorize(request, auth);
    return request;
}

}  // namespace nexus::docker
