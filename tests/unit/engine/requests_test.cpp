#include "engine/requests.hpp"

#include <doctest/doctest.h>

#include "engine/names.hpp"
#include "engine/registry_auth.hpp"

namespace nexus::engine {
namespace {

std::string line(const Request& request) {
    return request.method + " " + request.target;
}

TEST_CASE("each operation has its request") {
    using std::chrono::seconds;
    CHECK(line(info()) == "GET /info");
    CHECK(line(list_containers({})) == "GET /containers/json?all=1");
    // {"label":["a=b","c"]}
    CHECK(line(list_containers({{"a", "b"}, {"c", ""}})) ==
          "GET /containers/json?all=1&filters="
          "%7B%22label%22%3A%5B%22a%3Db%22%2C%22c%22%5D%7D");
    CHECK(line(inspect_container("a")) == "GET /containers/a/json");
    CHECK(line(start_container("a")) == "POST /containers/a/start");
    CHECK(line(stop_container("a", "t", seconds(7))) == "POST /containers/a/stop?t=7");
    CHECK(line(stop_container("a", "timeout", seconds(-1))) == "POST /containers/a/stop?timeout=0");
    CHECK(line(remove_container("a")) == "DELETE /containers/a?force=1&v=1&timeout=0");
    CHECK(line(pause_container("a")) == "POST /containers/a/pause");
    CHECK(line(unpause_container("a")) == "POST /containers/a/unpause");
    CHECK(line(rename_container("a", "b")) == "POST /containers/a/rename?name=b");
    CHECK_FALSE(rename_container("a", "b").idempotent);
    CHECK(line(container_logs("a", 50)) == "GET /containers/a/logs?stdout=1&stderr=1&tail=50");
    CHECK(line(container_logs("a", -5)) == "GET /containers/a/logs?stdout=1&stderr=1&tail=0");
    CHECK(line(remove_volume("v")) == "DELETE /volumes/v");
    const auto volume = create_volume({"v", {{"a", "b"}}});
    CHECK(line(volume) == "POST /volumes/create");
    CHECK(volume.body == R"({"Name":"v","Labels":{"a":"b"}})");
    // {"volume":["v","w"]}
    CHECK(line(list_volume_users({"v", "w"})) ==
          "GET /containers/json?all=1&filters=%7B%22volume%22%3A%5B%22v%22%2C%22w%22%5D%7D");
    CHECK(line(inspect_image("h:5000/team/app:1")) == "GET /images/h:5000/team/app:1/json");
    CHECK(line(inspect_image("app@sha256:aa")) == "GET /images/app@sha256:aa/json");
    CHECK(line(remove_image("h:5000/team/app:1")) == "DELETE /images/h:5000/team/app:1");
    // {"event":["die"],"label":["k"],"type":["container"]}
    CHECK(line(follow_events({{"label", {"k"}}}, {"die"})) ==
          "GET /events?stream=true&filters=%7B%22event%22%3A%5B%22die%22%5D%2C%22label%22%3A%5B%22k"
          "%22%5D%2C%22type%22%3A%5B%22container%22%5D%7D");
}

TEST_CASE("a name that got past every check still cannot leave its place in the path") {
    CHECK(line(remove_container("../volumes/v?x=1")) ==
          "DELETE /containers/..%2Fvolumes%2Fv%3Fx%3D1?force=1&v=1&timeout=0");
}

TEST_CASE("credentials go into one header, and none for an open registry") {
    const auto header = [](const RegistryAuth& auth) {
        Request request{"POST", "/pull"};
        authorize(request, auth);
        return request.headers["X-Registry-Auth"];
    };
    CHECK(header({}).empty());
    // {"username":"me","password":"pÿþ?","serveraddress":"r"}
    CHECK(header({"r", "me", "p\xC3\xBF\xC3\xBE?", ""}) ==
          "eyJ1c2VybmFtZSI6Im1lIiwicGFzc3dvcmQiOiJww7_Dvj8iLCJzZXJ2ZXJhZGRyZXNzIjoiciJ9");
    // {"username":"","password":"","serveraddress":"r","identitytoken":"t"}
    CHECK(header({"r", "", "", "t"}) ==
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
}  // namespace nexus::engine
