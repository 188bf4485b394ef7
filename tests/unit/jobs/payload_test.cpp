#include "jobs/payload.hpp"

#include <doctest/doctest.h>

using namespace nexus;
using namespace nexus::jobs;

TEST_CASE("a payload becomes the request of its verb, member by member") {
    const auto payload = json::parse(
        R"({"nexus_image":"r/x:1","runtime_env":{"A":"1"},"bridge_shared_secret":"s",
            "prompts":[{"name":"p","content":"P"}],"skills":[{"skill_id":"k","content":"K"}],
            "limits":{"cpus":2,"memory_bytes":67108864,"pids":5}})",
        json::own_files);
    const auto request = provision_request(payload);
    CHECK(request.image == "r/x:1");
    CHECK(request.env->at("A") == "1");
    CHECK(request.bridge_shared_secret == "s");
    CHECK(request.prompts->at(0).name == "p");
    CHECK(request.skills->at(0).content == "K");
    CHECK(request.limits.cpus == 2.0);
    CHECK(request.limits.memory_bytes == 67108864);
    CHECK(request.limits.pids == 5);
}

TEST_CASE("the payload of apply_config is read member by member") {
    const auto payload = json::parse(
        R"({"env":{"A":"1"},"prompts":[{"name":"p","content":"P"}],
            "skills":[{"skill_id":"k","content":"K"}],"config_revision":"r7"})",
        json::own_files);
    const auto request = apply_config_request(payload);
    CHECK(request.env->at("A") == "1");
    CHECK(request.prompts->at(0).name == "p");
    CHECK(request.skills->at(0).name == "k");
    CHECK(request.revision == "r7");
    CHECK_FALSE(request.bridge_shared_secret);
    CHECK_FALSE(apply_config_request(json::parse("{}", json::own_files)).revision);
}

TEST_CASE("what a payload leaves out stays empty") {
    const auto payload = json::parse("{}", json::own_files);
    const auto request = provision_request(payload);
    CHECK_FALSE(request.image);
    CHECK_FALSE(request.env);
    CHECK_FALSE(request.prompts);
    CHECK_FALSE(request.limits.cpus);
    CHECK_FALSE(start_request(payload).image);
    CHECK_FALSE(keep_volumes(payload));
    CHECK(keep_volumes(json::parse(R"({"keep_volumes":true})", json::own_files)));
}

TEST_CASE("a restore names its snapshot") {
    CHECK(snapshot(json::parse(R"({"snapshot":"latest"})", json::own_files)) == "latest");
}
