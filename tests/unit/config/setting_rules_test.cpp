#include "config/setting_rules.hpp"

#include <doctest/doctest.h>

using namespace nexus::config;

namespace {

using Rule = std::optional<std::string> (*)(std::string_view);

struct Row {
    const char* name;
    Rule rule;
    std::vector<std::string> good;
    std::vector<std::string> bad;
};

}  // namespace

TEST_CASE("rules take what is right and refuse the rest with a sentence") {
    const std::vector<Row> rows{
        {"path",
         path_problem,
         {"/a", "/a/b.c", "/a/", "/..a"},
         {"", "a", "./a", "/", "//", "/a/../b", "/..", "/a\nb", "/" + std::string(4095, 'a')}},
        {"network",
         network_name_problem,
         {"runner_internal", "a.b-c"},
         {"", "-a", "a b", "a/b", std::string(129, 'a')}},
        {"prefix",
         queue_prefix_problem,
         {"nexus", "{nexus}", "a.b_c-d"},
         {"", "{}", "{nexus", "nexus}", "a:b", "a*", "a b", "a\n", std::string(65, 'a')}},
        {"master", master_name_problem, {"mymaster", "m-1"}, {"", "my master", "a\r\n"}},
        {"backend",
         backend_problem,
         {"docker", "my-backend_2", "/opt/x/y.so"},
         {"", "../x.so", "./x.so", "/opt/x", "a b", "/a/../x.so"}},
        {"endpoint",
         endpoint_problem,
         {"unix:///var/run/docker.sock", "tcp://127.0.0.1:2375", "other://anything"},
         {"", "/var/run/docker.sock", "://x", "unix://run/x", "tcp://h", "tcp://h:0",
          "tcp://u:p@h:1"}},
        {"json",
         json_object_problem,
         {"{}", R"({"a":[1]})"},
         {"", "[]", "1", "{", "{}x", "null", std::string(100, '[')}},
        {"private ip",
         private_ip_problem,
         {"10.0.0.2", "fd00::1", "127.0.0.1"},
         {"", "8.8.8.8", "0.0.0.0", "::", "10.0.0.2:1", "redis://10.0.0.2", "u@10.0.0.2",
          "control"}}};
    for (const auto& row : rows) {
        CAPTURE(row.name);
        for (const auto& text : row.good) {
            CAPTURE(text);
            CHECK_FALSE(row.rule(text).has_value());
        }
        for (const auto& text : row.bad) {
            CAPTURE(text);
            CHECK(row.rule(text).has_value());
        }
    }
}

TEST_CASE("a choice that is none lists what there is") {
    CHECK(std::get<bool>(parse_flag("true")));
    CHECK_FALSE(std::get<bool>(parse_flag("false")));
    CHECK(std::get<std::string>(parse_flag("yes")) == "must be one of true, false");
    CHECK(std::get<std::string>(parse_flag("TRUE")) == "must be one of true, false");
    CHECK(std::get<Isolation>(parse_isolation("shared")) == Isolation::shared);
    CHECK(std::get<std::string>(parse_isolation("none")) == "must be one of isolated, shared");
    CHECK(std::get<BackupConsistency>(parse_backup_consistency("stop")) == BackupConsistency::stop);
    CHECK(std::get<std::string>(parse_backup_consistency("")) ==
          "must be one of pause, stop, none");
    CHECK(std::get<nexus::LogLevel>(parse_log_level("critical")) == nexus::LogLevel::critical);
    CHECK(std::holds_alternative<std::string>(parse_log_level("info")));
    CHECK(std::get<nexus::LogFormat>(parse_log_format("json")) == nexus::LogFormat::json);
    CHECK(std::holds_alternative<std::string>(parse_log_format("xml")));
}

TEST_CASE("processors are a decimal number within bounds") {
    CHECK(std::get<double>(parse_cpus("0.8")) == doctest::Approx(0.8));
    CHECK(std::get<double>(parse_cpus("1024")) == doctest::Approx(1024));
    for (const char* text : {"", "0", "0.001", "-1", "+1", "1025", "1e2", "0x1", "1,5", "nan",
                             "inf", "1 ", " 1", "1.2.3"}) {
        CAPTURE(text);
        CHECK(std::holds_alternative<std::string>(parse_cpus(text)));
    }
}
