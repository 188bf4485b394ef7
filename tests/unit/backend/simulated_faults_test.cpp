// The simulated backend through the loader: what its configuration makes it do.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <thread>

#include "base/cancel.hpp"
#include "base/timestamp.hpp"
#include "plugins.hpp"
#include "support/temp_dir.hpp"

namespace nexus {
namespace {

using namespace std::chrono_literals;
using test::error_of;
using test::Heard;
using test::soon;
using test::within;

std::vector<std::string> lines_of(const std::string& path) {
    std::vector<std::string> lines;
    std::istringstream stream(test::read_file(path));
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

TEST_CASE("a configured failure has its code, for its tenant and operation alone") {
    struct Row {
        std::string word;
        Code code;
        bool retryable;
    };
    const std::vector<Row> rows{
        {"NOT_FOUND", Code::not_found, false},    {"EXISTS", Code::exists, false},
        {"CONFLICT", Code::conflict, false},      {"INVALID", Code::invalid, false},
        {"DENIED", Code::denied, false},          {"UNSUPPORTED", Code::unsupported, false},
        {"UNAVAILABLE", Code::unavailable, true}, {"TIMEOUT", Code::timeout, true},
        {"CANCELLED", Code::cancelled, false},    {"EXHAUSTED", Code::exhausted, true},
        {"INTERNAL", Code::internal, false},
    };
    for (const auto& row : rows) {
        Heard heard;
        const auto backend = test::simulated(
            R"({"tenants": {"acme": {"fail": {"ensure_volume": ")" + row.word + R"("}}}})", heard);
        const auto failure = error_of([&] { backend->ensure_volume(soon("acme"), {"v", {}}); });
        CHECK(failure.code() == row.code);
        CHECK(failure.retryable() == row.retryable);
        CHECK(std::string(failure.what()) == "simulated failure of ensure_volume for tenant acme");
        CHECK_FALSE(backend->inspect_volume(soon("acme"), "v"));
        CHECK_NOTHROW(backend->ensure_volume(soon("other"), {"v", {}}));
    }
}

TEST_CASE("a simulated latency is kept, and ends early at the deadline or a cancellation") {
    Heard heard;
    const auto backend = test::simulated(
        R"({"latency_ms": 30, "tenants": {"slow": {"latency_ms": 600000}, "fast": {"latency_ms": 0}}})",
        heard);
    const auto start = std::chrono::steady_clock::now();
    backend->info(soon());
    CHECK(std::chrono::steady_clock::now() - start >= 30ms);

    const auto late = error_of([&] { backend->start(within(20ms, "slow"), "n"); });
    CHECK(late.code() == Code::timeout);
    CHECK(late.retryable());
    CHECK(error_of([&] { backend->info(within(-1s, "fast")); }).code() == Code::timeout);

    CancelSource cancel;
    std::thread canceller([&] { cancel.cancel(); });
    CallContext ctx = soon("slow");
    ctx.cancel_fd = cancel.fd();
    CHECK(error_of([&] { backend->start(ctx, "n"); }).code() == Code::cancelled);
    canceller.join();
    ctx.tenant = "fast";
    CHECK(error_of([&] { backend->start(ctx, "n"); }).code() == Code::cancelled);
    CHECK(std::chrono::steady_clock::now() - start < 60s);
}

TEST_CASE("the journal has one line for each operation, written whole by many threads") {
    const test::TempDir folder;
    const std::string journal = folder / "journal";
    Heard heard;
    const auto backend =
        test::simulated(R"({"journal": ")" + journal +
                            R"(", "tenants": {"acme": {"fail": {"start": "CONFLICT"}}}})",
                        heard);
    backend->info(soon());
    error_of([&] { backend->start(soon("acme"), "n"); });
    auto lines = lines_of(journal);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find(R"({"op":"info","tenant":"","job":"op-1","at":")") == 0);
    CHECK(lines[1].find(R"({"op":"start","tenant":"acme","job":"op-1","at":")") == 0);
    const auto at = json::parse(lines[1], json::own_files);
    CHECK(parse_timestamp(at["at"].GetString()));
    CHECK(std::string_view(at["at"].GetString()).size() == 24);

    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n)
                backend->inspect(soon("acme"), "n");
        });
    }
    for (auto& thread : threads)
        thread.join();
    lines = lines_of(journal);
    CHECK(lines.size() == 402);
    CHECK(std::all_of(lines.begin(), lines.end(), [](const auto& line) {
        return line.find("{\"op\":") == 0 && line.back() == '}';
    }));
}

TEST_CASE("the effects have one line for each operation that changed something") {
    const test::TempDir folder;
    const std::string effects = folder / "effects";
    Heard heard;
    const auto backend =
        test::simulated(R"({"effects": ")" + effects +
                            R"(", "tenants": {"globex": {"fail": {"stop": "CONFLICT"}}}})",
                        heard);
    backend->inspect(soon("acme"), "c");
    backend->ensure_image(soon("acme"), {"runtime:1", {}});
    backend->ensure_network(soon("acme"), {"net", "", {}});
    for (int i = 0; i < 2; ++i)
        backend->ensure_volume(soon("acme"), {"v", {}});
    ContainerSpec spec;
    spec.name = "c";
    spec.image = "runtime:1";
    spec.network = "net";
    for (int i = 0; i < 2; ++i)
        backend->ensure_container(soon("acme"), spec);
    for (int i = 0; i < 2; ++i)
        backend->start(soon("acme"), "c");
    error_of([&] { backend->stop(soon("globex"), "c", std::chrono::seconds(1)); });
    error_of([&] { backend->remove_network(soon("acme"), "net"); });
    backend->remove_volume(soon("acme"), "none");
    backend->remove(soon("acme"), "c");
    const std::vector<std::pair<std::string, std::string>> expected{{"ensure_image", "runtime:1"},
                                                                    {"ensure_network", "net"},
                                                                    {"ensure_volume", "v"},
                                                                    {"ensure_container", "c"},
                                                                    {"start", "c"},
                                                                    {"remove", "c"}};
    const auto lines = lines_of(effects);
    REQUIRE(lines.size() == expected.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto& [op, object] = expected[i];
        CHECK(lines[i].find(R"({"op":")" + op + R"(","object":")" + object +
                            R"(","tenant":"acme","job":"op-1","at":")") == 0);
    }
}

TEST_CASE("a change that the state file cannot keep is no effect") {
    const test::TempDir folder;
    const std::string gone = folder / "gone";
    std::filesystem::create_directory(gone);
    Heard heard;
    const auto backend =
        test::simulated(R"({"state_file": ")" + gone + R"(/state.json", "effects": ")" +
                            (folder / "effects") + R"("})",
                        heard);
    std::filesystem::remove_all(gone);
    const auto failure = error_of([&] { backend->ensure_volume(soon(), {"v", {}}); });
    CHECK(failure.code() == Code::internal);
    CHECK(lines_of(folder / "effects").empty());
}

TEST_CASE("a journal or a file of effects that cannot be opened is said at once") {
    for (const std::string name : {"journal", "effects"}) {
        Heard heard;
        const auto failure =
            error_of([&] { test::simulated("{\"" + name + "\": \"/proc/none/x\"}", heard); });
        CHECK(std::string(failure.what()) ==
              "the " + name + " /proc/none/x cannot be written: No such file or directory");
    }
}

TEST_CASE("the state file outlives an instance") {
    const test::TempDir folder;
    const std::string file = folder / "state.json";
    const std::string config = R"({"state_file": ")" + file + R"("})";
    Heard heard;
    {
        const auto backend = test::simulated(config, heard);
        CHECK_FALSE(std::filesystem::exists(file));
        backend->ensure_image(soon(), {"runtime:1", {}});
        backend->ensure_network(soon(), {"net", "", {}});
        ContainerSpec spec;
        spec.name = "c";
        spec.image = "runtime:1";
        spec.network = "net";
        spec.volumes = {{"v", "/data"}};
        spec.env = {{"TOKEN", "secret"}};
        backend->ensure_container(soon(), spec);
        backend->start(soon(), "c");
    }
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    const auto backend = test::simulated(config, heard);
    CHECK(backend->inspect(soon(), "c").value().phase == Phase::running);
    CHECK_FALSE(backend->ensure_image(soon(), {"runtime:1", {}}).pulled);
    CHECK(error_of([&] { backend->remove_volume(soon(), "v"); }).code() == Code::conflict);
    CHECK(error_of([&] { backend->remove_network(soon(), "net"); }).code() == Code::conflict);
    CHECK(backend->ensure_network(soon(), {"other", "", {}}).subnet == "172.16.1.0/24");
    CHECK_FALSE(std::filesystem::exists(file + ".tmp"));
}

TEST_CASE("a state file that is malformed or cannot be written is refused by its name") {
    const test::TempDir folder;
    const std::string file = folder / "state.json";
    const std::string config = R"({"state_file": ")" + file + R"("})";
    Heard heard;
    for (const auto* content : {"", "{", "[]", R"({"containers": {"c": {"state": 1}}})",
                                R"({"networks": {"n": {"subnet": "x"}}})"}) {
        test::write_file(file, content);
        const auto failure = error_of([&] { test::simulated(config, heard); });
        CHECK(failure.code() == Code::invalid);
        CHECK_MESSAGE(std::string(failure.what()).find("the state_file " + file) == 0,
                      std::string(failure.what()));
    }
    const auto failure =
        error_of([&] { test::simulated(R"({"state_file": "/proc/none/state.json"})", heard); });
    CHECK(std::string(failure.what()) ==
          "the state_file /proc/none/state.json cannot be locked: No such file or directory");
}

TEST_CASE("a configured crash ends the process after the journal line and before the effect") {
    const test::TempDir folder;
    const std::string files = R"({"journal": ")" + (folder / "journal") + R"(", "state_file": ")" +
                              (folder / "state") + "\"";
    const std::string crashing = files + R"(, "tenants": {"acme": {"crash": ["ensure_volume"]}}})";
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        Heard heard;
        const auto backend = test::simulated(crashing, heard);
        backend->ensure_volume(soon("other"), {"kept", {}});
        backend->ensure_volume(soon("acme"), {"lost", {}});
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 137);
    CHECK(lines_of(folder / "journal").size() == 2);
    Heard heard;
    const auto backend = test::simulated(files + "}", heard);
    CHECK(backend->inspect_volume(soon(), "kept"));
    CHECK_FALSE(backend->inspect_volume(soon(), "lost"));
}

}  // namespace
}  // namespace nexus
