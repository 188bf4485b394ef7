#include "docker/requests.hpp"

#include <doctest/doctest.h>

namespace nexus::docker {
namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

std::string line(const engine::Request& request) {
    return request.method + " " + request.target;
}

TEST_CASE("what the engine alone has is asked for in its words") {
    CHECK(line(wait_for_removal("a")) == "POST /containers/a/wait?condition=removed");
    CHECK(line(container_stats("a")) == "GET /containers/a/stats?stream=0&one-shot=1");
    CHECK(line(inspect_volume("v")) == "GET /volumes/v");
    CHECK(line(list_networks("n")) == "GET /networks?filters=%7B%22name%22%3A%5B%22n%22%5D%7D");
    CHECK(line(inspect_network("1")) == "GET /networks/1");
    CHECK(line(remove_network("1")) == "DELETE /networks/1");
}

TEST_CASE("a network is created with its labels and subnet") {
    const auto network = create_network({"n", "10.231.0.16/28", {{"a", "b"}}});
    CHECK(line(network) == "POST /networks/create");
    CHECK(network.body ==
          R"({"Name":"n","CheckDuplicate":true,"Driver":"bridge","Labels":{"a":"b"},)"
          R"("IPAM":{"Config":[{"Subnet":"10.231.0.16/28"}]}})");
    CHECK_FALSE(network.idempotent);
    CHECK(create_network({"n", "", {}}).body ==
          R"({"Name":"n","CheckDuplicate":true,"Driver":"bridge","Labels":{}})");
}

TEST_CASE("a pull always names one version") {
    CHECK(line(pull_image({"h:5000/app", "1"}, {})) ==
          "POST /images/create?fromImage=h%3A5000%2Fapp&tag=1");
    CHECK(line(pull_image({"app", digest}, {})) ==
          "POST /images/create?fromImage=app&tag=sha256%3A" + std::string(64, 'a'));
    CHECK(pull_image({"app", "1"}, {"r", "me", "it", ""}).headers.contains("X-Registry-Auth"));
}

}  // namespace
}  // namespace nexus::docker
