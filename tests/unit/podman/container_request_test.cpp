#include <doctest/doctest.h>

#include <limits>

#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

constexpr std::int64_t process_limit = 32'768;

TEST_CASE("a full spec becomes exactly this body, under the image's full name") {
    const ContainerSpec spec{"tenant_acme_runtime",
                             "app:1",
                             {{"io.nexus.tenant", "acme"}},
                             {{"A", "1"}, {"B", "x=\"y\""}},
                             {{"tenant_acme_state", "/data/state"}},
                             {{"/srv/acme/config", "/data/config", true}, {"/srv/w", "/w", false}},
                             "tenant_acme_net",
                             {"/tmp"},
                             67'108'864,
                             500'000'000,
                             64,
                             1024,
                             true,
                             {"NET_BIND_SERVICE"},
                             7,
                             10'485'760,
                             3};
    const auto request = create_container(spec, "localhost/app:1", process_limit);
    CHECK(request.method + " " + request.target == "POST /containers/create");
    CHECK(request.body ==
          R"({"name":"tenant_acme_runtime","image":"localhost/app:1","labels":{)"
          R"("io.nexus.podman.image":"app:1","io.nexus.tenant":"acme"},)"
          R"("env":{"A":"1","B":"x=\"y\""},"stop_timeout":7,)"
          R"("volumes":[{"Name":"tenant_acme_state","Dest":"/data/state","Options":["rw"]}],)"
          R"("mounts":[{"type":"bind","source":"/srv/acme/config","destination":"/data/config",)"
          R"("options":["ro","rbind"]},{"type":"bind","source":"/srv/w","destination":"/w",)"
          R"("options":["rw","rbind"]},{"type":"tmpfs","source":"tmpfs","destination":"/tmp",)"
          R"("options":["rw","noexec","nosuid","nodev","size=64m","mode=1777"]}],)"
          R"("cap_drop":["ALL"],"cap_add":["CAP_NET_BIND_SERVICE"],"no_new_privileges":true,)"
          R"("read_only_filesystem":true,"init":true,"systemd":"false",)"
          R"("ipcns":{"nsmode":"private"},"cgroupns":{"nsmode":"private"},)"
          R"("netns":{"nsmode":"bridge"},"Networks":{"tenant_acme_net":{}},)"
          R"("resource_limits":{"memory":{"limit":67108864,"swap":67108864},)"
          R"("cpu":{"quota":50000,"period":100000},"pids":{"limit":64}},)"
          R"("r_limits":[{"type":"nofile","soft":1024,"hard":1024},)"
          R"({"type":"nproc","soft":32768,"hard":32768}],"restart_policy":"no",)"
          R"("log_configuration":{"driver":"k8s-file","size":31457280}})");
}

TEST_CASE("an empty spec is hardened all the same") {
    const std::string body = create_container({}, "", process_limit).body;
    for (const char* part :
         {R"("cap_drop":["ALL"],"cap_add":[],"no_new_privileges":true)", R"("init":true)",
          R"("ipcns":{"nsmode":"private"},"cgroupns":{"nsmode":"private"})",
          R"("netns":{"nsmode":"bridge"})", R"("resource_limits":{},"r_limits":[])",
          R"("log_configuration":{"driver":"k8s-file"})"}) {
        CAPTURE(part);
        CHECK(body.find(part) != std::string::npos);
    }
}

TEST_CASE("a spec that would get around the hardening is no request") {
    ContainerSpec spec;
    spec.tmpfs = {"tmp"};
    CHECK_THROWS_AS(create_container(spec, "a", process_limit), BackendError);
}

TEST_CASE("the log gets the room of all files, and a processor at least what the kernel takes") {
    ContainerSpec spec;
    spec.log_max_bytes = std::numeric_limits<std::int64_t>::max();
    spec.log_max_files = 3;
    spec.nano_cpus = 1;
    const std::string body = create_container(spec, "a", process_limit).body;
    CHECK(body.find(R"("size":9223372036854775807)") != std::string::npos);
    CHECK(body.find(R"("quota":1000,)") != std::string::npos);
    spec.log_max_bytes = 5;
    spec.log_max_files = 0;
    CHECK(create_container(spec, "a", process_limit).body.find(R"("size":5})") !=
          std::string::npos);
}

}  // namespace
}  // namespace nexus::podman
