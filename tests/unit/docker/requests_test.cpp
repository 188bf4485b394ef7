#include "docker/requests.hpp"

#include <doctest/doctest.h>

namespace nexus::docker {
namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

std::string line(const engine::Request& request) {
    return request.method + " " + request.target;
}

TEST_CASE("each operation has its request") {
    CHECK(line(ping()) == "GET /_ping");
    CHECK(line(info()) == "GET /info");
    CHECK(line(list_containers({})) == "GET /containers/json?all=1");
    // {"label":["a=b","c"]}
    CHECK(line(list_containers({{"a", "b"}, {"c", ""}})) ==
          "GET /containers/json?all=1&filters="
          "%7B%22label%22%3A%5B%22a%3Db%22%2C%22c%22%5D%7D");
    CHECK(line(inspect_container("a")) == "GET /containers/a/json");
    CHECK(line(start_container("a")) == "POST /containers/a/start");
    CHECK(line(stop_container("a", std::chrono::seconds(7))) == "POST /containers/a/stop?t=7");
    CHECK(line(stop_container("a", std::chrono::seconds(-1))) == "POST /containers/a/stop?t=0");
    CHECK(line(remove_container("a")) == "DELETE /containers/a?force=1&v=1");
    CHECK(line(wait_for_removal("a")) == "POST /containers/a/wait?condition=removed");
    CHECK(line(container_logs("a", 50)) == "GET /containers/a/logs?stdout=1&stderr=1&tail=50");
    CHECK(line(container_logs("a", -5)) == "GET /containers/a/logs?stdout=1&stderr=1&tail=0");
    CHECK(line(inspect_volume("v")) == "GET /volumes/v");
    CHECK(line(remove_volume("v")) == "DELETE /volumes/v");
    CHECK(line(list_networks("n")) == "GET /networks?filters=%7B%22name%22%3A%5B%22n%22%5D%7D");
    CHECK(line(inspect_network("1")) == "GET /networks/1");
    CHECK(line(remove_network("1")) == "DELETE /networks/1");
}

TEST_CASE("a name that got past every check still cannot leave its place in the path") {
    CHECK(line(remove_container("../volumes/v?x=1")) ==
          "DELETE /containers/..%2Fvolumes%2Fv%3Fx%3D1?force=1&v=1");
}

TEST_CASE("volumes and networks are created with their labels") {
    const auto volume = create_volume({"v", {{"a", "b"}}});
    CHECK(line(volume) == "POST /volumes/create");
    CHECK(volume.body == R"({"Name":"v","Labels":{"a":"b"}})");
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
    CHECK(line(inspect_image({"h:5000/team/app", "1"})) == "GET /images/h:5000/team/app:1/json");
    CHECK(line(inspect_image({"app", digest})) == "GET /images/app@" + digest + "/json");
}

TEST_CASE("credentials go into one header, and none for an open registry") {
    CHECK(pull_image({"app", "1"}, {}).headers.empty());
    const auto with_password = pull_image({"app", "1"}, {"r", "me", "p\xC3\xBF\xC3\xBE?", ""});
    // {"username":"me","password":"pÿþ?","serveraddress":"r"}
    CHECK(with_password.headers.at("X-Registry-Auth") ==
          "eyJ1c2VybmFtZSI6Im1lIiwicGFzc3dvcmQiOiJww7_Dvj8iLCJzZXJ2ZXJhZGRyZXNzIjoiciJ9");
    const auto with_token = pull_image({"app", "1"}, {"r", "", "", "t"});
    // {"username":"","password":"","serveraddress":"r","identitytoken":"t"}
    CHECK(with_token.headers.at("X-Registry-Auth") ==
          "eyJ1c2VybmFtZSI6IiIsInBhc3N3b3JkIjoiIiwic2VydmVyYWRkcmVzcyI6InIiLCJpZGVudGl0eXRva2VuIjoi"
          "dCJ9");
}

TEST_CASE("names are those that the engine takes") {
    for (const char* name : {"ab", "tenant_acme_runtime", "A.b-c_1", "0123456789ab"})
        CHECK_NOTHROW(require_name("container", name));
    const std::string bad[] = {"",
                               "a",
                               "_a",
                               ".a",
                               "-a",
                               "..",
                               "a/b",
                               "a b",
                               "a%2F",
                               "a\n",
                               "a?b",
                               "a#b",
                               "\xC3\xA4\xC3\xB6",
                               std::string(256, 'a'),
                               std::string("a\0b", 3)};
    for (const auto& name : bad) {
        CAPTURE(name);
        CHECK_THROWS_AS(require_name("container", name), BackendError);
    }
}

TEST_CASE("only hexadecimal names could be the beginning of an id") {
    CHECK(could_be_id("dead"));
    CHECK(could_be_id("0123456789abcdef"));
    CHECK_FALSE(could_be_id("tenant_a_runtime"));
    CHECK_FALSE(could_be_id("DEAD"));
    CHECK_FALSE(could_be_id("dead-beef"));
}

}  // namespace
}  // namespace nexus::docker
