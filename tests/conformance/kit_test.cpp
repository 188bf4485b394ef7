// The conformance kit: what it says of a good plugin, and that each of its checks can fail.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <set>

#include "base/json.hpp"
#include "support/process.hpp"

namespace nexus::test {
namespace {

using Names = std::vector<std::string>;
using Outcomes = std::map<std::string, std::string>;

const std::string plugins = NEXUS_BINARY_DIR "/tests/plugins/";
const std::string simulated = NEXUS_BINARY_DIR "/lib/nexus/plugins/simulated.so";

Finished kit(const std::string& file, Names arguments) {
    arguments.insert(arguments.begin(),
                     {NEXUS_BINARY_DIR "/bin/nexus-runner", "plugins", "check", file});
    return run({.argv = arguments}, std::chrono::minutes(5));
}

Outcomes outcomes_in(const std::string& text) {
    json::Document document;
    document.Parse(text.c_str());
    REQUIRE(document.IsObject());
    Outcomes outcomes;
    for (const auto& check : document["checks"].GetArray())
        outcomes[check["name"].GetString()] = check["outcome"].GetString();
    return outcomes;
}

std::set<std::string> all_checks() {
    const auto listed = run(
        {.argv = {NEXUS_BINARY_DIR "/bin/nexus-runner", "plugins", "check", "--list", "--json"}});
    json::Document document;
    document.Parse(listed.out.c_str());
    REQUIRE(document.IsArray());
    std::set<std::string> names;
    for (const auto& check : document.GetArray())
        names.insert(check["name"].GetString());
    return names;
}

// For each plugin that is wrong in its own way, the checks that must fail on it.
const std::map<std::string, Names>& broken() {
    static const std::map<std::string, Names> rows{
        {"tiny_size", {"descriptor"}},
        {"two_symbols", {"one-symbol"}},
        {"new_descriptor", {"descriptor-constant"}},
        {"no_version", {"version"}},
        {"odd",
         {"config-endpoint", "malformed-request", "deep-request", "unknown-operation",
          "other-major", "tiny-host"}},
        {"signal", {"signals"}},
        {"talking", {"silent"}},
        {"leaking", {"growth"}},
        {"lingering", {"destroy-joins"}},
        {"strict_host", {"smaller-host", "larger-host"}},
        {"strict_ctx", {"larger-ctx"}},
        {"aborting", {"full-sink"}},
        {"failing",
         {"engine-absent", "image-gone", "instances", "unknown-members", "network-missing",
          "stop-created", "volume-asked", "threads-container", "threads-network"}},
        {"idle",
         {"info",
          "container-network",
          "create-twice",
          "host-network",
          "image-in-use",
          "image-missing",
          "image-present",
          "import-conflict",
          "import-interrupted",
          "import-malformed",
          "inside-processes",
          "list-labels",
          "mounts",
          "names",
          "network-asked",
          "network-name",
          "network-overlap",
          "network-subnet",
          "network-twice",
          "network-wrong-subnet",
          "others",
          "stop-polite",
          "volume-twice"}},
        {"pretending",
         {"config-types",
          "config-unknown",
          "cancelled",
          "container-missing",
          "copy-identical",
          "copy-missing",
          "credentials",
          "deadline-past",
          "engine-closed",
          "engine-cut",
          "engine-empty",
          "engine-endless",
          "engine-garbage",
          "engine-not-json",
          "engine-silent",
          "events",
          "events-restart",
          "exit-code",
          "export-empty",
          "export-in-use",
          "export-interrupted",
          "export-reader-gone",
          "export-repeatable",
          "export-way",
          "id-prefix",
          "image-unpinned",
          "import-used",
          "import-dangerous",
          "inside-capability",
          "inside-environment",
          "inside-host",
          "inside-limits",
          "inside-memory",
          "inside-mounts",
          "inside-privileges",
          "inside-root",
          "inside-tmpfs",
          "list-stopped",
          "logs-streams",
          "logs-tail",
          "network-in-use",
          "outside",
          "pause-twice",
          "pull-interrupted",
          "registry-absent",
          "remove-twice",
          "rename",
          "program-failed",
          "start-stop-twice",
          "stats",
          "stop-interrupted",
          "stop-kill",
          "stop-paused",
          "stop-stays",
          "swap",
          "swap-in-use",
          "swap-missing",
          "threads",
          "volume-data",
          "volume-in-use",
          "volume-missing",
          "widening"}},
    };
    return rows;
}

TEST_CASE("the simulated plugin passes all checks that apply to it") {
    const auto done = kit(simulated, {"--image", "example:1"});
    CHECK_MESSAGE(done.code == 0, done.out);
    CHECK(done.out.find(" 0 failed, ") != std::string::npos);
    CHECK(done.out.find("this backend says that it runs no programs") != std::string::npos);
}

TEST_CASE("each check fails on a plugin that breaks its rule") {
    std::set<std::string> seen{"file"};  // a case of its own
    for (const auto& row : broken()) {
        const std::string& plugin = row.first;
        const Names& checks = row.second;
        CAPTURE(plugin);
        Names arguments{
            "--json",     "--image", "example:1", "--endpoint", "unix:///nonexistent/engine.sock",
            "--patience", "1"};
        for (const auto& check : checks)
            arguments.insert(arguments.end(), {"--only", check});
        const auto done = kit(plugins + plugin + ".so", arguments);
        CHECK(done.code == 1);
        auto outcomes = outcomes_in(done.out);
        CHECK(outcomes.size() == checks.size());
        for (const auto& check : checks) {
            CAPTURE(check);
            CHECK(outcomes[check] == "failed");
            seen.insert(check);
        }
    }
    CHECK(seen == all_checks());
}

TEST_CASE("a plugin that others can write fails the first check") {
    const TempDir folder;
    const std::string copy = folder / "copy.so";
    std::filesystem::copy_file(simulated, copy);
    REQUIRE(::chmod(copy.c_str(), 0775) == 0);
    const auto done = kit(copy, {"--only", "file"});
    CHECK(done.code == 1);
    CHECK(done.out.find("chmod go-w") != std::string::npos);
}

TEST_CASE("a plugin that crashes, exits or hangs fails the check and no more") {
    const struct {
        std::string plugin, check, words;
    } rows[] = {
        {"crashing", "info", "the plugin crashed: Segmentation fault"},
        {"exiting", "info", "the plugin ended the process, with exit code 3"},
        {"stuck", "stop-created", "not done within 4 s and was killed"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.plugin);
        const auto done = kit(
            plugins + row.plugin + ".so",
            {"--image", "example:1", "--patience", "1", "--only", row.check, "--only", "version"});
        CHECK(done.code == 1);
        CHECK_MESSAGE(done.out.find(row.words) != std::string::npos, done.out);
        CHECK(done.out.find("PASS  version") != std::string::npos);
    }
}

TEST_CASE("a file that is no plugin fails with a sentence") {
    const auto done = kit("/etc/hostname", {"--only", "descriptor"});
    CHECK(done.code == 1);
    CHECK(done.out.find("is not an ELF shared library") != std::string::npos);
}

TEST_CASE("a plugin of the first ABI minor keeps the rules of then") {
    const auto done =
        kit(plugins + "abi_1_0.so", {"--only", "smaller-host", "--only", "larger-host", "--only",
                                     "larger-ctx", "--only", "full-sink"});
    CHECK_MESSAGE(done.code == 0, done.out);
}

TEST_CASE("results are written as JUnit XML as well") {
    const TempDir folder;
    const auto done = kit(simulated, {"--junit", folder / "kit.xml", "--only", "info", "--only",
                                      "exit-code", "--only", "version"});
    CHECK(done.code == 0);
    const std::string xml = read_file(folder / "kit.xml");
    CHECK(xml.find(R"(tests="3" failures="0" skipped="1")") != std::string::npos);
    CHECK(xml.find(R"(<skipped message="needs a container)") != std::string::npos);
}

TEST_CASE("wrong arguments are a usage error") {
    CHECK(kit(simulated, {"--only", "no-such-check"}).code == 64);
    CHECK(kit(simulated, {"--config", "[1]"}).code == 64);
    CHECK(kit(simulated, {"--patience", "0"}).code == 64);
}

}  // namespace
}  // namespace nexus::test
