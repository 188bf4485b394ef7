#include "podman/errors.hpp"

#include <doctest/doctest.h>

namespace nexus::podman {
namespace {

TEST_CASE("an engine's error becomes one of ours by cause and sentence") {
    const struct {
        int status;
        const char *cause, *message;
        Code code;
        bool retryable;
    } cases[] = {
        {404, "no such container", "no container with name or ID \"a\" found: no such container",
         Code::not_found, false},
        {404, "no such volume", "volume with name v not found: no such volume", Code::not_found,
         false},
        {404, "network not found", "network not found", Code::not_found, false},
        {500, "network not found", "unable to find network with name or ID n: network not found",
         Code::not_found, false},
        {500, "image not known", "app:1: image not known", Code::not_found, false},
        {404, "failed to find image app:1", "failed to find image app:1", Code::not_found, false},
        {500, "that name is already in use",
         "creating container storage: the container name \"a\" is already in use by 1: that name "
         "is already in use",
         Code::conflict, false},
        {409, "container already exists", "renaming container 1: container already exists",
         Code::conflict, false},
        {500, "volume already exists", "volume with name v already exists: volume already exists",
         Code::conflict, false},
        {409, "network already exists", "network name n already used: network already exists",
         Code::conflict, false},
        {409, "volume is being used", "volume v is being used by c: volume is being used",
         Code::conflict, false},
        {500, "network is being used", "\"n\" has associated containers: network is being used",
         Code::conflict, false},
        {500, "image is in use by a container",
         "image used by 1: image is in use by a container: consider force-removing image",
         Code::conflict, false},
        {500, "container state improper",
         "\"1\" is not paused, can't unpause: container state improper", Code::conflict, false},
        {409, "container 1 is not running", "container 1 is not running", Code::conflict, false},
        {500, "subnet 10.0.0.0/24 is already used on the host or by another config",
         "subnet 10.0.0.0/24 is already used on the host or by another config", Code::conflict,
         false},
        {500, "could not find free subnet from subnet pools",
         "could not find free subnet from subnet pools", Code::exhausted, false},
        {500, "invalid CIDR address: x",
         "failed to decode request JSON payload: invalid CIDR address: x", Code::invalid, false},
        {500, "invalid argument", "names must match [a-z]*: invalid argument", Code::invalid,
         false},
        {500, "no such file or directory", "statfs /x: no such file or directory", Code::invalid,
         false},
        {500, "no command or entrypoint provided, and no CMD or ENTRYPOINT from image",
         "no command or entrypoint provided, and no CMD or ENTRYPOINT from image", Code::invalid,
         false},
        {500, "OCI runtime attempted to invoke a command that was not found",
         "runc: exec: \"/x\": OCI runtime attempted to invoke a command that was not found",
         Code::invalid, false},
        {500, "OCI permission denied", "runc: setrlimit: OCI permission denied", Code::invalid,
         false},
        {500, "OCI runtime error", "runc: something: OCI runtime error", Code::internal, true},
        {500, "",
         "short-name \"x\" did not resolve to an alias and no unqualified-search "
         "registries are defined",
         Code::not_found, false},
        {500, "", "reading manifest 9 in h/app: manifest unknown", Code::not_found, false},
        {500, "", "requested access to the resource is denied", Code::denied, false},
        {500, "", "unable to retrieve auth token: invalid username/password: unauthorized",
         Code::denied, false},
        {500, "", "dial tcp 127.0.0.1:1: connect: connection refused", Code::unavailable, true},
        {500, "no space left on device", "write /x: no space left on device", Code::exhausted,
         false},
        {500, "", "something else", Code::internal, true},
        {418, "", "a teapot", Code::internal, false},
    };
    for (const auto& c : cases) {
        CAPTURE(c.message);
        const BackendError error = to_error({c.status, c.message, c.cause}, "trying it");
        CHECK(error.code() == c.code);
        CHECK(error.retryable() == c.retryable);
        CHECK(std::string(error.what()) == std::string("trying it: ") + c.message);
    }
}

TEST_CASE("that the OCI runtime will not pause, resume or start is told from other failures") {
    const auto refused = [](const std::string& message) {
        return is_runtime_refusal(to_error({500, message, message}, "trying it"));
    };
    CHECK(refused("`/usr/bin/runc resume 0a1b` failed: exit status 1"));
    CHECK(refused("`/usr/bin/crun pause 0a1b` failed: exit status 1"));
    CHECK(refused("`/usr/bin/runc start 0a1b` failed: exit status 1"));
    CHECK_FALSE(refused("`/usr/bin/runc kill 0a1b 15` failed: exit status 1"));
    CHECK_FALSE(refused("`/usr/bin/runc resume 0a1b` failed: signal: killed"));
    CHECK_FALSE(refused("\"0a1b\" is not paused, can't unpause: container state improper"));
}

TEST_CASE("what a crash of Podman has left of a container is told from other failures") {
    const auto error = [](const std::string& message) {
        return to_error({500, message, message}, "trying it");
    };
    CHECK(is_half_removed(error("getting container from store \"0a\": container not known")));
    CHECK(is_half_removed(error("reading information about layer \"0a\": layer not known")));
    CHECK_FALSE(
        is_half_removed(error("no container with name or ID \"a\" found: no such container")));
    CHECK(is_name_taken(
        error("creating container storage: the container name \"a\" is already in use "
              "by 0a. You have to remove that container to be able to reuse that "
              "name: that name is already in use")));
    CHECK_FALSE(is_name_taken(error("volume is being used")));
}

TEST_CASE("a host without the init program is told how to get it") {
    const auto error =
        to_error({500,
                  "container-init binary not found on the host: stat /nope: no such file or "
                  "directory",
                  "no such file or directory"},
                 "creating container a");
    CHECK(error.code() == Code::unsupported);
    CHECK(std::string_view(error.what())
              .ends_with("; install the package catatonit on the engine's host"));
}

}  // namespace
}  // namespace nexus::podman
