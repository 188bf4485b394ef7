#include <doctest/doctest.h>

#include "docker/requests.hpp"

namespace nexus::docker {
namespace {

ContainerSpec full_spec() {
    ContainerSpec spec;
    spec.name = "tenant_acme_runtime";
    spec.image = "app:1";
    spec.labels = {{"io.nexus.tenant", "acme"}};
    spec.env = {{"A", "1"}, {"B", "x=\"y\""}};
    spec.volumes = {{"tenant_acme_state", "/data/state"}};
    spec.binds = {{"/srv/acme/config", "/data/config", true}};
    spec.network = "tenant_acme_net";
    spec.tmpfs = {"/tmp"};
    spec.memory_bytes = 67'108'864;
    spec.nano_cpus = 500'000'000;
    spec.pids = 64;
    spec.nofile = 1024;
    spec.read_only_root = true;
    spec.add_capabilities = {"NET_BIND_SERVICE"};
    spec.stop_timeout_seconds = 7;
    spec.log_max_bytes = 10'485'760;
    spec.log_max_files = 3;
    return spec;
}

TEST_CASE("a full spec becomes exactly this body") {
    const auto request = create_container(full_spec(), "n1");
    CHECK(request.method + " " + request.target ==
          "POST /containers/create?name=tenant_acme_runtime");
    CHECK(request.body ==
          R"({"Image":"app:1","Labels":{"io.nexus.tenant":"acme"},"Env":["A=1","B=x=\"y\""],)"
          R"("StopTimeout":7,"HostConfig":{"NetworkMode":"n1","Mounts":[)"
          R"({"Type":"volume","Source":"tenant_acme_state","Target":"/data/state",)"
          R"("ReadOnly":false},)"
          R"({"Type":"bind","Source":"/srv/acme/config","Target":"/data/config",)"
          R"("ReadOnly":true}],)"
          R"("Tmpfs":{"/tmp":"rw,noexec,nosuid,nodev,size=64m,mode=1777"},)"
          R"("CapDrop":["ALL"],"CapAdd":["NET_BIND_SERVICE"],)"
          R"("SecurityOpt":["no-new-privileges:true"],"IpcMode":"private",)"
          R"("CgroupnsMode":"private","Init":true,"ReadonlyRootfs":true,"Memory":67108864,)"
          R"("MemorySwap":67108864,"NanoCpus":500000000,"PidsLimit":64,)"
          R"("Ulimits":[{"Name":"nofile","Soft":1024,"Hard":1024}],)"
          R"("RestartPolicy":{"Name":"unless-stopped"},)"
          R"("LogConfig":{"Type":"json-file","Config":{"max-file":"3","max-size":"10485760"}}}})");
}

TEST_CASE("an empty spec is hardened all the same") {
    const std::string body = create_container({}, "n1").body;
    CHECK(body ==
          R"({"Image":"","Labels":{},"Env":[],"StopTimeout":10,"HostConfig":{"NetworkMode":"n1",)"
          R"("Mounts":[],"Tmpfs":{},"CapDrop":["ALL"],"CapAdd":[],)"
          R"("SecurityOpt":["no-new-privileges:true"],"IpcMode":"private",)"
          R"("CgroupnsMode":"private","Init":true,"ReadonlyRootfs":false,"Ulimits":[],)"
          R"("RestartPolicy":{"Name":"unless-stopped"},)"
          R"("LogConfig":{"Type":"json-file","Config":{}}}})");
}

TEST_CASE("a number of log files without a size is left out") {
    ContainerSpec spec;
    spec.log_max_files = 3;
    CHECK(create_container(spec, "n1").body.find("max-file") == std::string::npos);
}

TEST_CASE("a spec that would get around the hardening is no request") {
    ContainerSpec spec = full_spec();
    spec.add_capabilities = {"ALL"};
    CHECK_THROWS_AS(create_container(spec, "n1"), BackendError);
}

}  // namespace
}  // namespace nexus::docker
