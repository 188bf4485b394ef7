// What check-config and serve say of the container that they run in: made by the engine that is
// asked about it, with this machine's libraries mounted instead of an image of its own.
#include <doctest/doctest.h>

#include <filesystem>

#include "integration/tenant_node.hpp"

namespace nexus::test {
namespace {

using Lines = std::vector<std::string>;

struct Said {
    int code;
    std::string text;
};

struct InContainer {
    ContainerEngine& engine = ContainerEngine::under_test();
    RedisServer redis{{.unix_socket = true}};
    TempDir host;  // what is mounted, named as an operator would
    const std::string tenants = host / "tenants", state = host / "state",
                      backups = host / "backups";
    Environment env{{"REDIS_URL", redis.url()},
                    {"BACKEND", engine.kind()},
                    {"BACKEND_ENDPOINT", engine.endpoint()},
                    {"NODE_NAME", "worker-1"},
                    {"TENANT_ROOT", tenants},
                    {"STATE_DIR", state},
                    {"BACKUP_DIR", backups}};

    InContainer() {
        for (const auto& folder : {tenants, state, backups})
            std::filesystem::create_directory(folder);
    }

    static std::string same(const std::string& path) { return path + ":" + path; }

    Said run(const std::string& command, const Lines& volumes, const std::string& options = "") {
        const std::string socket = engine.endpoint().substr(std::string("unix://").size());
        std::string line = engine.kind() + " run --rm " + options;
        for (const auto& [name, value] : env)
            line += " -e '" + name + "=" + value + "'";
        for (const std::string program : {"/usr", "/lib", "/lib64", NEXUS_BINARY_DIR})
            line += " -v " + same(program) + ":ro";
        line += " -v " + same(socket) + " -v " + same(redis.socket());
        for (const auto& volume : volumes)
            line += " -v " + volume;
        const auto done = as_operator(
            engine, line + " " + engine.image() + " " + Runner::program() + " " + command);
        return {done.code, done.out + done.err};
    }
    Said check(const Lines& volumes, const std::string& options = "") {
        return run("check-config", volumes, options);
    }
};

bool says(const Said& said, const std::string& part) {
    return contains(said.text, part);
}

}  // namespace

TEST_CASE_FIXTURE(InContainer,
                  "a container with its folders at the same paths has nothing to mend") {
    for (const std::string options :
         {"", "--network host -e LISTEN_ADDRESS=127.0.0.1:8000", "--network none --read-only"}) {
        const auto said = check({same(tenants), same(state), same(backups)}, options);
        CAPTURE(options);
        CAPTURE(said.text);
        CHECK(said.code == 0);
        CHECK(says(said, "TENANT_ROOT " + tenants + " is the same path on the engine's host"));
        CHECK_FALSE(says(said, "error "));
        CHECK_FALSE(says(said, "container: "));
        const std::string listens = "LISTEN_ADDRESS               0.0.0.0:8000  (default)";
        CHECK(says(said, listens) == !contains(options, "LISTEN_ADDRESS"));
    }
    // A folder above is as good.
    CHECK(check({same(host.path())}).code == 0);
}

TEST_CASE_FIXTURE(InContainer, "folders that the engine would not find, or that go, are refused") {
    std::filesystem::create_directory(host / "elsewhere");
    auto said = check({host / "elsewhere:" + tenants});
    CAPTURE(said.text);
    CHECK(said.code == 78);
    CHECK(
        says(said, "TENANT_ROOT " + tenants + " is " + (host / "elsewhere") + " on the engine's"));
    CHECK(says(said, "\"- " + same(tenants) + "\""));
    CHECK(says(said, "error    state_dir: STATE_DIR " + state + " is lost with this container"));
    CHECK(says(said, "warning  backup_dir: BACKUP_DIR " + backups + " is lost"));

    const auto served = run("serve", {same(tenants)});
    CAPTURE(served.text);
    CHECK(served.code == 78);
    CHECK(says(served, "STATE_DIR " + state + " is lost with this container"));

    const std::string volume = "rt-check-tenants";
    said = check({volume + ":" + tenants, state, same(backups)});
    engine.curl("DELETE", "/volumes/" + volume);
    CAPTURE(said.text);
    CHECK(said.code == 78);
    CHECK(says(said, "/_data on the engine's host"));
    CHECK(says(said, "STATE_DIR " + state + " is on a volume without a name"));

    said = check({same(state), same(backups)}, "--tmpfs " + tenants);
    CAPTURE(said.text);
    CHECK(said.code == 78);
    CHECK(says(said, "TENANT_ROOT " + tenants + " is a folder of this container alone"));
}

TEST_CASE_FIXTURE(InContainer, "a port that strangers can reach is refused") {
    const Lines volumes{same(host.path())};
    auto said = check(volumes, "-p 18765:8000");
    CAPTURE(said.text);
    CHECK(said.code == 78);
    CHECK(says(said, "a port of this container is published on 0.0.0.0"));
    said = check(volumes, "--network host");
    CAPTURE(said.text);
    CHECK(said.code == 78);
    CHECK(says(said, "strangers can reach LISTEN_ADDRESS 0.0.0.0:8000"));
    CHECK(check(volumes, "-p 127.0.0.1:18765:8000").code == 0);
}

TEST_CASE_FIXTURE(InContainer, "a node that would be called by its container's id is refused") {
    env.erase("NODE_NAME");
    const Lines volumes{same(host.path())};
    const auto said = check(volumes);
    CAPTURE(said.text);
    CHECK(said.code == 78);
    CHECK(says(said, "which is this container's id"));
    CHECK(check(volumes, "--hostname worker-1").code == 0);
}

TEST_CASE_FIXTURE(InContainer, "a user whom the engine's socket does not let in is told of it") {
    const auto said = check({same(host.path())}, "--user 10001:10001");
    CAPTURE(said.text);
    CHECK(said.code != 0);
    CHECK(says(said, "cannot be reached: user 10001 may not "));
}

}  // namespace nexus::test
