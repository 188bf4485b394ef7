#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "config/settings_table.hpp"
#include "support/temp_dir.hpp"
#include "unit/config/fake_surroundings.hpp"

using namespace nexus::config;
using nexus::test::surroundings;
using nexus::test::TempDir;
using nexus::test::Variables;
using nexus::test::write_file;

namespace {

const EffectiveValue& value_of(const Loaded& loaded, std::string_view name) {
    for (const auto& value : loaded.values) {
        if (value.name == name) return value;
    }
    FAIL("no value of " << std::string(name));
    return loaded.values.front();
}

std::string all_problems(const Loaded& loaded) {
    std::string all;
    for (const auto& problem : loaded.problems)
        all += problem.setting + ": " + problem.message + "\n";
    return all;
}

bool has_secret(const Loaded& loaded, std::string_view secret) {
    return std::find(loaded.secrets.begin(), loaded.secrets.end(), secret) != loaded.secrets.end();
}

}  // namespace

TEST_CASE("REDIS_URL alone is enough, and everything else has its default") {
    const auto loaded =
        load(surroundings({{"REDIS_URL", "redis://default:hunter2@10.0.0.2"}}), std::nullopt);
    CHECK(all_problems(loaded) == "");
    CHECK(loaded.values.size() == settings_table().size());
    CHECK(loaded.settings.redis_url.password == "hunter2");
    CHECK(loaded.settings.node_name == "worker-1.example");
    CHECK(loaded.settings.listen_address.text() == "127.0.0.1:8000");
    CHECK(loaded.settings.plugin_dir == "/opt/build/lib/nexus/plugins");
    CHECK(loaded.settings.log_format == nexus::LogFormat::json);
    CHECK(loaded.settings.concurrency == 16);
    CHECK(loaded.settings.runtime_memory == std::int64_t{1152} << 20U);
    CHECK_FALSE(loaded.settings.nexus_image.has_value());
    CHECK(value_of(loaded, "CONCURRENCY").source == "default");
    CHECK(value_of(loaded, "REDIS_URL").shown == "***");
    CHECK(value_of(loaded, "REDIS_URL").source == "environment");
    CHECK(value_of(loaded, "BACKEND_CONFIG").shown == "{}");
    CHECK(has_secret(loaded, "hunter2"));
}

TEST_CASE("without REDIS_URL, or with an empty one, it is asked for") {
    for (const Variables& variables : {Variables{}, Variables{{"REDIS_URL", ""}}}) {
        const auto loaded = load(surroundings(variables), std::nullopt);
        CHECK(all_problems(loaded) == "REDIS_URL: REDIS_URL is required; set it\n");
    }
}

TEST_CASE("credentials in a setting that has none are refused and never shown") {
    struct Row {
        const char* name;
        const char* value;
    };
    for (const Row& row : {Row{"CONTROL_PRIVATE_IP", "default:hunter2@10.0.0.2"},
                           Row{"CONTROL_PRIVATE_IP", "redis://default:hunter2@10.0.0.2"},
                           Row{"RUNNER_BIND_IP", ":hunter2@10.0.0.3"},
                           Row{"BACKEND_ENDPOINT", "tcp://user:hunter2@10.0.0.2:2375"},
                           Row{"REDIS_SENTINELS", "default:hunter2@10.0.0.2:26379"}}) {
        CAPTURE(row.value);
        const auto loaded =
            load(surroundings({{"REDIS_URL", "redis://localhost"}, {row.name, row.value}}),
                 std::nullopt);
        CHECK(all_problems(loaded).find(row.name) == 0);
        CHECK(all_problems(loaded).find("hunter2") == std::string::npos);
        CHECK(value_of(loaded, row.name).shown == "***");
        CHECK(has_secret(loaded, "hunter2"));
    }
    const std::string image = "localhost:5000/x@sha256:1";
    const auto loaded = load(
        surroundings({{"REDIS_URL", "redis://localhost"}, {"NEXUS_IMAGE", image}}), std::nullopt);
    CHECK(value_of(loaded, "NEXUS_IMAGE").shown == image);
}

TEST_CASE("what may be a secret in the wrong place is not shown") {
    struct Row {
        const char* name;
        const char* value;
        const char* setting;
    };
    for (const Row& row :
         {Row{"REDIS_URL_FILE", "redis://default:hunter2@10.0.0.2:6379/0", "REDIS_URL"},
          Row{"BACKEND_CONFIG_FILE", R"({"token":"hunter2"})", "BACKEND_CONFIG"},
          Row{"REDIS_SENTINELS", "default:hunter2@shard-1:26379", "REDIS_SENTINELS"},
          Row{"RUNNER_BIND_IP", "hunter2@10.0.0.3", "RUNNER_BIND_IP"},
          Row{"REGISTRY_AUTH_FILE", R"({"auths":{"x":{"auth":"hunter2"}}})", "REGISTRY_AUTH_FILE"},
          Row{"REDIS_KEY_FILE", "-----BEGIN KEY-----hunter2", "REDIS_KEY_FILE"}}) {
        CAPTURE(row.name);
        Variables variables{{row.name, row.value}};
        if (row.setting != std::string("REDIS_URL")) variables["REDIS_URL"] = "redis://localhost";
        const auto loaded = load(surroundings(variables), std::nullopt);
        CHECK(all_problems(loaded).find(row.setting) == 0);
        CHECK(all_problems(loaded).find("hunter2") == std::string::npos);
        const auto& value = value_of(loaded, row.setting);
        CHECK(value.shown.find("hunter2") == std::string::npos);
        CHECK(value.source.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("what was left in any value is refused before it is read") {
    const auto loaded = load(surroundings({{"REDIS_URL", "\"redis://u:hunter2@localhost\""},
                                           {"NODE_NAME", "REPLACE_WITH_NAME"}}),
                             std::nullopt);
    const auto problems = all_problems(loaded);
    CHECK(problems.find("REDIS_URL has quotes around it") != std::string::npos);
    CHECK(problems.find("NODE_NAME still holds a placeholder") != std::string::npos);
    CHECK(problems.find("hunter2") == std::string::npos);
    CHECK(has_secret(loaded, "hunter2"));
}

TEST_CASE("some defaults follow from the surroundings") {
    const TempDir home;
    std::filesystem::create_directory(home / ".docker");
    write_file(home / ".docker/config.json", "{}");
    auto here = surroundings({{"REDIS_URL", "redis://localhost"}, {"HOME", home.path().string()}});
    here.in_container = true;
    here.on_terminal = true;
    const auto loaded = load(here, std::nullopt);
    CHECK(loaded.settings.listen_address.text() == "0.0.0.0:8000");
    CHECK(loaded.settings.log_format == nexus::LogFormat::text);
    CHECK(loaded.settings.registry_auth_file == home / ".docker/config.json");
    here.host_name = "not_a_node";
    CHECK(all_problems(load(here, std::nullopt)).find("NODE_NAME must be") != std::string::npos);
    here.executable_dir.clear();
    CHECK(all_problems(load(here, std::nullopt)).find("PLUGIN_DIR is required") !=
          std::string::npos);
}

TEST_CASE("the environment stands before the file, and the file before the default") {
    const TempDir folder;
    write_file(folder / "x.properties",
               "redis_url=redis://u:from%20file@localhost\nconcurrency=3\nbridge_port=1\n");
    const auto here = surroundings({{"CONCURRENCY", "5"}, {"BRIDGE_PORT", ""}});
    const auto loaded = load(here, folder / "x.properties");
    CHECK(all_problems(loaded) == "");
    CHECK(loaded.settings.concurrency == 5);
    CHECK(loaded.settings.bridge_port == 1);
    CHECK(loaded.settings.redis_url.password == "from file");
    CHECK(value_of(loaded, "BRIDGE_PORT").source == "file " + folder / "x.properties");
    CHECK(value_of(loaded, "REDIS_URL").shown == "***");
    CHECK(has_secret(loaded, "from file"));
    CHECK(has_secret(loaded, "from%20file"));
}

TEST_CASE("the usual settings file is read where it is there, and --config must be there") {
    const TempDir folder;
    auto here = surroundings({{"REDIS_URL", "redis://localhost"}});
    here.settings_file = folder / "usual.properties";
    CHECK(all_problems(load(here, std::nullopt)) == "");
    write_file(here.settings_file, "concurrency=3\n");
    CHECK(load(here, std::nullopt).settings.concurrency == 3);
    const auto missing = load(here, folder / "missing");
    CHECK(all_problems(missing).find(folder / "missing is not there") != std::string::npos);
}

TEST_CASE("an unknown key in the file is refused with the nearest one") {
    const TempDir folder;
    write_file(folder / "x", "redis_ulr=redis://localhost\nCONCURRENCY=3\nredis_url_fil=/x\n");
    const auto all = all_problems(load(surroundings({}), folder / "x"));
    CHECK(all.find("unknown key redis_ulr; did you mean redis_url?") != std::string::npos);
    CHECK(all.find("unknown key CONCURRENCY") != std::string::npos);
    CHECK(all.find("did you mean redis_url_file?") != std::string::npos);
}

TEST_CASE("a secret may come from a file") {
    const TempDir folder;
    write_file(folder / "url", "redis://:hunter2@h\r\n");
    const auto loaded =
        load(surroundings({{"REDIS_URL_FILE", folder / "url"}, {"REDIS_URL", ""}}), std::nullopt);
    CHECK(all_problems(loaded) == "");
    CHECK(loaded.settings.redis_url.password == "hunter2");
    CHECK(value_of(loaded, "REDIS_URL").shown == "***");
    CHECK(value_of(loaded, "REDIS_URL").source == "secret file " + folder / "url");
    CHECK(has_secret(loaded, "hunter2"));

    write_file(folder / "backend", R"({"token":"abcd"})");
    write_file(folder / "x", "backend_config_file=" + folder / "backend" + "\n");
    const auto other = load(surroundings({{"REDIS_URL", "redis://localhost"}}), folder / "x");
    CHECK(all_problems(other) == "");
    CHECK(other.settings.backend_config == R"({"token":"abcd"})");
    CHECK(has_secret(other, "abcd"));
}

TEST_CASE("a secret file that cannot be used is refused with the mend") {
    const TempDir folder;
    write_file(folder / "empty", "\n");
    write_file(folder / "big", std::string((64U << 10U) + 1, 'x'));
    write_file(folder / "two", "redis://:hunter2@h\nredis://x\n");
    write_file(folder / "good", "redis://localhost");
    struct Row {
        Variables variables;
        const char* part;
    };
    for (const Row& row :
         {Row{{{"REDIS_URL_FILE", folder / "missing"}}, "which is not there"},
          Row{{{"REDIS_URL_FILE", folder / "empty"}}, "which is empty"},
          Row{{{"REDIS_URL_FILE", folder / "big"}}, "cannot be read"},
          Row{{{"REDIS_URL_FILE", folder.path().string()}}, "cannot be read"},
          Row{{{"REDIS_URL_FILE", folder / "two"}}, "percent-encoding"},
          Row{{{"REDIS_URL_FILE", folder / "good"}, {"REDIS_URL", "redis://localhost"}},
              "REDIS_URL and REDIS_URL_FILE are both set"}}) {
        const auto all = all_problems(load(surroundings(row.variables), std::nullopt));
        CAPTURE(all);
        CHECK(all.find(row.part) != std::string::npos);
        CHECK(all.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("all bad values are told of at once, each with its setting") {
    const auto loaded = load(surroundings({{"REDIS_URL", "default:hunter2@10.0.0.2"},
                                           {"NEXUS_IMAGE", "nexus:latest"},
                                           {"IMAGE_TAG", "latest"},
                                           {"JOB_TIMEOUT", "120"},
                                           {"TENANT_ROOT", "tenants"},
                                           {"STATE_DIR", "state"},
                                           {"CONTROL_PRIVATE_IP", "redis://10.0.0.2:6379"},
                                           {"BACKEND_CONFIG", "[]"},
                                           {"NODE_NAME", "Worker"}}),
                             std::nullopt);
    const auto all = all_problems(loaded);
    CHECK(loaded.problems.size() == 9);
    for (const char* part :
         {"REDIS_URL has no scheme", "NEXUS_IMAGE has the tag latest", "IMAGE_TAG is latest",
          "JOB_TIMEOUT has no unit", "TENANT_ROOT must be an absolute path",
          "STATE_DIR must be an absolute path", "CONTROL_PRIVATE_IP is a URL",
          "BACKEND_CONFIG must be a JSON object", "NODE_NAME must be 1 to 63"}) {
        CAPTURE(part);
        CHECK(all.find(part) != std::string::npos);
    }
    CHECK(all.find("hunter2") == std::string::npos);
    CHECK(has_secret(loaded, "hunter2"));
}
