// From the bytes of a job to the bodies that the engines get: a job cannot widen what its runtime
// may do.
#include <doctest/doctest.h>

#include "docker/requests.hpp"
#include "jobs/job.hpp"
#include "jobs/payload.hpp"
#include "podman/requests.hpp"
#include "support/create_fields.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus {
namespace {

std::string job_of(std::string_view action, const std::string& payload,
                   const std::string& more = "") {
    return R"({"id":"j","action":")" + std::string(action) + R"(","tenant_id":"acme","payload":)" +
           payload + more + "}";
}

// Refused as malformed, with the place in the first words.
void check_refused(const std::string& text, const std::string& pointer) {
    const auto parsed = jobs::parse_job(text, "nexus");
    CAPTURE(text);
    const auto* malformed = std::get_if<jobs::MalformedJob>(&parsed);
    REQUIRE(malformed != nullptr);
    CAPTURE(malformed->message);
    CHECK(malformed->code == ErrorCode::invalid_job);
    CHECK(malformed->message.rfind(pointer + ": ", 0) == 0);
}

// The members of provision that hold others, with what stands around one more.
struct Nest {
    std::string before, after, pointer;
};
const Nest nests[] = {
    {R"({"limits":{)", "}}", "/payload/limits"},
    {R"({"limits":{"pids":5,)", "}}", "/payload/limits"},
    {R"({"prompts":[{"name":"a","content":"b",)", "}]}", "/payload/prompts/0"},
    {R"({"skills":[{"skill_id":"a","content":"b",)", "}]}", "/payload/skills/0"},
    {R"({"nexus_image":"r/x:1",)", "}", "/payload"},
};

std::string json_text(const std::string& text) {
    json::Writer writer;
    writer.value(text);
    return writer.text();
}

struct Bodies {
    std::string docker, podman;
};

Bodies bodies(const tenants::Environment& env) {
    std::string members;
    for (const auto& [name, value] : env)
        members.append(members.empty() ? "" : ",")
            .append(json_text(name))
            .append(":")
            .append(json_text(value));
    const auto parsed =
        jobs::parse_job(job_of("provision", R"({"runtime_env":{)" + members + "}}"), "nexus");
    REQUIRE(std::holds_alternative<jobs::Job>(parsed));
    const auto& job = std::get<jobs::Job>(parsed);
    const auto request = jobs::provision_request(json::parse(job.payload, json::own_files));
    tenants::check_environment(*request.env);
    tenants::TenantRecord record(job.tenant);
    record.image = "ghcr.io/acme/nexus:1";
    record.limits = {0.8, 1152 << 20, 512};
    record.network = {"tenant_acme_net", "10.231.0.0/28"};
    config::Settings settings;
    settings.node_name = "n1";
    const auto spec = tenants::runtime_spec(
        record, tenants::complete_environment(*request.env, 8765), "/t/acme/config", settings);
    return {docker::create_container(spec, "n1").body,
            podman::create_container(spec, spec.image, 32'768).body};
}

// The body without the variables and without the label that is a hash over them too.
std::string skeleton(const std::string& body, const char* variables, const char* labels) {
    auto document = json::parse(body, json::own_files);
    REQUIRE(document.RemoveMember(variables));
    REQUIRE(document[labels].RemoveMember(tenants::spec_label));
    return json::to_text(document);
}

void check_same_but_for(const tenants::Environment& env) {
    const auto plain = bodies({});
    const auto hostile = bodies(env);
    CHECK(skeleton(hostile.docker, "Env", "Labels") == skeleton(plain.docker, "Env", "Labels"));
    CHECK(skeleton(hostile.podman, "env", "labels") == skeleton(plain.podman, "env", "labels"));
    const auto expected = tenants::complete_environment(env, 8765);
    const auto in_docker = json::parse(hostile.docker, json::own_files);
    const auto in_podman = json::parse(hostile.podman, json::own_files);
    CHECK(json::Reader(in_podman).strings("env") == expected);
    REQUIRE(in_docker["Env"].Size() == expected.size());
    rapidjson::SizeType index = 0;
    for (const auto& [name, value] : expected)
        CHECK(in_docker["Env"][index++].GetString() == name + "=" + value);
}

TEST_CASE("no action takes a field of an engine's creation, in any spelling") {
    for (const auto& field : test::create_fields) {
        for (const auto& name : test::spellings(field.name)) {
            const auto member = "\"" + name + "\":" + field.value;
            for (const auto action : jobs::all_actions) {
                check_refused(job_of(to_string(action), "{" + member + "}"), "/payload/" + name);
                check_refused(job_of(to_string(action), "{}", "," + member), "/" + name);
            }
        }
    }
}

TEST_CASE("no object inside of a payload takes a field of an engine's creation") {
    for (const auto& field : test::create_fields) {
        for (const auto& name : test::spellings(field.name)) {
            for (const auto& nest : nests) {
                check_refused(job_of("provision",
                                     nest.before + "\"" + name + "\":" + field.value + nest.after),
                              nest.pointer + "/" + name);
            }
        }
    }
}

TEST_CASE("no limit can be lifted") {
    const std::pair<const char*, std::vector<const char*>> rows[] = {
        {"cpus", {"0", "-1", "1e308", "\"1\"", "null"}},
        {"memory_bytes", {"0", "-1", "1e300", "9223372036854775807", "67108864.5", "null"}},
        {"pids", {"0", "-1", "1.5", "9223372036854775807", "true"}}};
    for (const auto& row : rows) {
        for (const char* value : row.second) {
            check_refused(job_of("provision",
                                 std::string(R"({"limits":{")") + row.first + "\":" + value + "}}"),
                          std::string("/payload/limits/") + row.first);
        }
    }
}

TEST_CASE("a variable holds text, whatever its name") {
    for (const auto& field : test::create_fields) {
        const std::string name = field.name;
        if (*field.value == '"') continue;
        check_refused(
            job_of("provision", R"({"runtime_env":{")" + name + "\":" + field.value + "}}"),
            "/payload/runtime_env/" + name);
    }
}

TEST_CASE("variables with the names of dangerous fields are variables and nothing else") {
    tenants::Environment env;
    for (const auto& field : test::create_fields) {
        for (const auto& name : test::spellings(field.name))
            env[name] = field.value;
    }
    check_same_but_for(env);
}

TEST_CASE("no value of a variable gets out of its place in the body") {
    for (const auto& value : test::hostile_values)
        check_same_but_for({{"HostConfig", value}, {"A", value}});
}

}  // namespace
}  // namespace nexus
