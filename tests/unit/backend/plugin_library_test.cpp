#include "backend/plugin_library.hpp"

#include <doctest/doctest.h>

#include "plugins.hpp"
#include "support/temp_dir.hpp"

namespace nexus {
namespace {

using test::error_of;
using test::Heard;
using test::odd_plugin;
using test::soon;

std::string refusal(const PluginLocation& location) {
    try {
        const PluginLibrary library(location);
    } catch (const PluginError& error) {
        return error.what();
    }
    return "";
}

TEST_CASE("a plugin written in C is loaded and answers") {
    const PluginLibrary library({odd_plugin("odd"), "odd"});
    CHECK(library.name() == "odd");
    CHECK(library.version() == "1.0.0");
    Heard heard;
    CHECK(library.create("{}", heard)->info(soon()).engine == "none");
}

TEST_CASE("a plugin of another minor version, older or newer, is loaded") {
    CHECK(refusal({odd_plugin("old_size"), ""}).empty());  // its feature lies outside of its size
    CHECK(refusal({odd_plugin("larger_size"), ""}).empty());
}

TEST_CASE("an odd plugin is refused with its file, what is odd, and the mend") {
    struct Row {
        std::string name;
        std::string problem;
    };
    const std::vector<Row> rows{
        {"no_symbol", "is no backend plugin: it has no symbol nexus_backend_v1; name a plugin's"},
        {"wrong_major", "built for plugin ABI 2, this runner speaks 1; install the plugin's build"},
        {"null_descriptor", "describes itself with nothing; rebuild the plugin"},
        {"tiny_size", "says that its descriptor has 8 bytes, which cannot be; this runner speaks"},
        {"huge_size", "says that its descriptor has 1073741824 bytes, which cannot be"},
        {"null_function", "leaves out a field of its descriptor that every plugin has"},
        {"null_name", "leaves out a field of its descriptor that every plugin has"},
        {"bad_name", "its name does not match ^[a-z0-9][a-z0-9_-]{0,31}$"},
        {"feature",
         "version 1.0.0 (plugin ABI 1.4) needs the host feature time_travel, which this "
         "runner (plugin ABI 1.4) does not have; install a newer runner"},
        {"schema_text", "its configuration schema is unusable: not valid JSON"},
        {"schema_array", "its configuration schema is unusable: it must be an object"},
    };
    for (const auto& row : rows) {
        const std::string message = refusal({odd_plugin(row.name), ""});
        CHECK_MESSAGE(message.find(row.problem) != std::string::npos, message);
        CHECK_MESSAGE(message.find("backend plugin /") == 0, message);
        CHECK_MESSAGE(message.find(row.name + ".so: ") != std::string::npos, message);
    }
}

TEST_CASE("a plugin that was asked for by another name is refused") {
    const std::string message = refusal({odd_plugin("odd"), "docker"});
    CHECK(message.find("calls itself odd, not docker; rename the file") != std::string::npos);
}

TEST_CASE("a library that cannot be linked is refused with the linker's reason") {
    const test::TempDir folder;
    const std::string file = folder / "broken.so";
    test::write_file(file, test::read_file(odd_plugin("odd")).substr(0, 64));
    std::filesystem::permissions(file, std::filesystem::perms(0755));
    const std::string message = refusal({file, ""});
    CHECK_MESSAGE(message.find("broken.so: cannot be loaded: ") != std::string::npos, message);
}

TEST_CASE("a configuration is checked against the plugin's schema before the plugin sees it") {
    const PluginLibrary library(resolve_plugin("simulated", NEXUS_PLUGINS));
    struct Row {
        std::string config;
        std::string problem;
    };
    const std::vector<Row> rows{
        {"", "not valid JSON"},
        {"{", "not valid JSON"},
        {"[]", "must be an object"},
        {"null", "must be an object"},
        {R"({"latency_ms": "5"})", "/latency_ms"},
        {R"({"latency_ms": -1})", "/latency_ms"},
        {R"({"latency": 5})", "not known here"},
        {R"({"journal": "relative"})", "/journal"},
        {R"({"tenants": {"acme": {"fail": {"start": "BROKEN"}}}})", "/tenants/acme/fail/start"},
        {R"({"tenants": {"acme": {"fail": {"launch": "INTERNAL"}}}})", "/tenants/acme/fail"},
        {R"({"tenants": {"acme": {"crash": ["launch"]}}})", "/tenants/acme/crash/0"},
        {R"({"tenants": {"acme": {"slow": true}}})", "/tenants/acme"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.config);
        try {
            library.check_config(row.config);
            FAIL_CHECK("accepted");
        } catch (const PluginError& error) {
            const std::string message = error.what();
            CHECK_MESSAGE(message.find(row.problem) != std::string::npos, message);
            CHECK(message.find("simulated.so: the configuration for simulated is wrong: ") !=
                  std::string::npos);
            CHECK(message.find("; correct BACKEND_CONFIG") != std::string::npos);
        }
        Heard heard;
        CHECK_THROWS_AS(library.create(row.config, heard), PluginError);
    }
    CHECK_NOTHROW(library.check_config(
        R"({"endpoint": "unix:///run/x", "latency_ms": 0, "tenants": {"acme": {"latency_ms": 1,
            "fail": {"start": "UNAVAILABLE"}, "crash": ["stop"]}}})"));
}

TEST_CASE("exceptions of a plugin come over as internal") {
    Heard heard;
    const PluginLibrary at_create({odd_plugin("throwing_create"), ""});
    const auto refused = error_of([&] { at_create.create("{}", heard); });
    CHECK(refused.code() == Code::internal);
    CHECK(std::string(refused.what()) == "the engine fell over");

    const PluginLibrary at_call({odd_plugin("throwing_call"), ""});
    const auto backend = at_call.create("{}", heard);
    const auto standard = error_of([&] { backend->info(soon()); });
    CHECK(standard.code() == Code::internal);
    CHECK(std::string(standard.what()) == "index 7");
    CHECK(error_of([&] { backend->start(soon(), "n"); }).code() == Code::internal);
    const auto ok = error_of([&] { backend->stop(soon(), "n", std::chrono::seconds(1)); });
    CHECK(ok.code() == Code::internal);
    CHECK(std::string(ok.what()) == "no failure at all");
}

TEST_CASE("a plugin that answers nonsense gives internal errors with its name") {
    Heard heard;
    const PluginLibrary malformed({odd_plugin("malformed_reply"), ""});
    const auto reply = error_of([&] {
        malformed.create("{}", heard)->ensure_volume(soon(), {"v", {}});
    });
    CHECK(reply.code() == Code::internal);
    CHECK(std::string(reply.what()).find("backend plugin odd gave a malformed reply") !=
          std::string::npos);

    const PluginLibrary unknown({odd_plugin("unknown_code"), ""});
    const auto code = error_of([&] { unknown.create("{}", heard)->info(soon()); });
    CHECK(code.code() == Code::internal);
    CHECK(std::string(code.what()) == "odd");

    const PluginLibrary nothing({odd_plugin("no_instance"), ""});
    const auto instance = error_of([&] { nothing.create("{}", heard); });
    CHECK(instance.code() == Code::internal);
    CHECK(std::string(instance.what()).find("gave no instance") != std::string::npos);
}

TEST_CASE("a plugin of the first ABI minor works, and lacks what came later") {
    Heard heard;
    const PluginLibrary library({odd_plugin("abi_1_0"), ""});
    CHECK(library.descriptor().abi_minor == 0);
    const auto backend = library.create("{}", heard);
    const Info info = backend->info(soon());
    CHECK(info.engine == "none");
    CHECK(info.runs_programs);
    CHECK_NOTHROW(backend->start(soon(), "n"));
}

}  // namespace
}  // namespace nexus
