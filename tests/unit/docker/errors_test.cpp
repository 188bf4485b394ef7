#include "docker/errors.hpp"

#include <doctest/doctest.h>

namespace nexus::docker {
namespace {

TEST_CASE("an engine's error becomes one of ours by status and sentence") {
    const struct {
        int status;
        const char* message;
        Code code;
        bool retryable;
    } cases[] = {
        {404, "No such container: a", Code::not_found, false},
        {404, "No such image: app:1", Code::not_found, false},
        {404, "network n not found", Code::not_found, false},
        {409, "Conflict. The container name \"/a\" is already in use by container \"b\"",
         Code::conflict, false},
        {409, "remove v: volume is in use - [c]", Code::conflict, false},
        {409,
         "conflict: unable to remove repository reference \"app:1\" (must force) - container 1 is "
         "using its referenced image 2",
         Code::conflict, false},
        {403, "error while removing network: network n id 1 has active endpoints", Code::conflict,
         false},
        {403, "bridge is a pre-defined network and cannot be removed", Code::denied, false},
        {403, "Pool overlaps with other one on this address space", Code::conflict, false},
        {400, "invalid pool request: Pool overlaps with other one on this address space",
         Code::conflict, false},
        {500, "could not find an available, non-overlapping IPv4 address pool among the defaults",
         Code::exhausted, false},
        {500, "Invalid subnet 1.2.3.999/20 : invalid CIDR address: 1.2.3.999/20", Code::invalid,
         false},
        {400, "invalid mount config for type \"bind\": bind source path does not exist: /x",
         Code::invalid, false},
        {400, "OCI runtime create failed: exec: \"x\": executable file not found in $PATH: unknown",
         Code::invalid, false},
        {400,
         "client version 1.44 is too old. Minimum supported API version is 1.52, please "
         "upgrade your client",
         Code::unsupported, false},
        {500, "write /var/lib/docker/x: no space left on device", Code::exhausted, false},
        {404, "manifest for app:9 not found: manifest unknown: manifest unknown", Code::not_found,
         false},
        {404, "pull access denied for app, repository does not exist or may require 'docker login'",
         Code::denied, false},
        {500, "Head \"https://r/v2/app/manifests/1\": no basic auth credentials", Code::denied,
         false},
        {500, "unauthorized: authentication required", Code::denied, false},
        {500, "toomanyrequests: You have reached your pull rate limit.", Code::unavailable, true},
        {500, "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused",
         Code::unavailable, true},
        {500, "dial tcp: lookup r on 1.1.1.1:53: no such host", Code::unavailable, true},
        {500, "http: server gave HTTP response to HTTPS client", Code::unavailable, false},
        {500, "x509: certificate signed by unknown authority", Code::unavailable, false},
        {500, "something else", Code::internal, true},
        {501, "not implemented", Code::unsupported, false},
        {503, "this node is not a swarm manager", Code::unavailable, true},
        {301, "", Code::internal, false},
        {418, "a teapot", Code::internal, false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.message);
        const BackendError error = to_error({c.status, c.message, ""}, "trying it");
        CHECK(error.code() == c.code);
        CHECK(error.retryable() == c.retryable);
        CHECK(std::string(error.what()) == std::string("trying it: ") + c.message);
    }
}

TEST_CASE("what a crash of the engine has left of a start is told with its mend") {
    for (const char* message : {"task 0a1b: already exists", "id already in use"}) {
        const auto error = to_error({500, message, ""}, "starting container a");
        CHECK(error.code() == Code::internal);
        CHECK(std::string_view(error.what()).find("docker rm -f") != std::string_view::npos);
    }
}

TEST_CASE("an engine's long sentence is cut") {
    CHECK(std::string(to_error({500, std::string(10'000, 'x'), ""}, "it").what()).size() == 516);
}

}  // namespace
}  // namespace nexus::docker
