// Jobs that try to widen what their runtime may do, or to mean another tenant or image, on a real
// engine: what is refused leaves nothing behind, and what is allowed changes nothing else.
#include <doctest/doctest.h>

#include <set>

#include "integration/tenant_node.hpp"
#include "support/create_fields.hpp"

namespace nexus::test {
namespace {

std::string json_text(const std::string& text) {
    json::Writer writer;
    writer.value(text);
    return writer.text();
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    if (what.empty()) return text;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

// Taken out of the inspection, in an order of their own: an engine has none.
std::string mounts(json::Document& inspection) {
    std::set<std::string> found;
    auto& config = inspection["HostConfig"];
    for (const char* member : {"Binds", "Mounts"}) {
        if (!config.HasMember(member)) continue;
        const json::Value& list = config[member];  // const: clang 14 finds the others ambiguous
        if (list.IsArray()) {
            for (const auto& mount : list.GetArray())
                found.insert(member + (" " + json::to_text(mount)));
        }
        config.RemoveMember(member);
    }
    std::string text;
    for (const auto& mount : found)
        text += mount + '\n';
    return text;
}

struct HostileNode : TenantNode {
    HostileNode() { runner.start(); }

    // As a producer that writes to Redis by itself.
    json::Document job(const std::string& payload, const std::string& tenant = "rt-one") {
        const auto id = "h" + std::to_string(++jobs_);
        return raw_job(redis, id,
                       R"({"id":")" + id + R"(","action":"provision","tenant_id":)" +
                           json_text(tenant) + R"(,"payload":)" + payload +
                           R"(,"reply_to":"nexus:reply:)" + id + "\"}");
    }

    // What the engine says that the container may do and runs, in the words of `tenant`'s own
    // names.
    std::string nature(const std::string& tenant) const {
        const std::string prefix = engine.kind() == "podman" ? "/v4.0.0/libpod" : "";
        auto inspection =
            parsed(engine.curl("GET", prefix + "/containers/" + runtime_of(tenant) + "/json").body);
        const auto network = parsed(engine.curl("GET", "/networks/tenant_" + tenant + "_net").body);
        std::string text = mounts(inspection);
        for (const char* member :
             {"/HostConfig", "/Config/User", "/Config/Entrypoint", "/Config/Cmd",
              "/Config/Healthcheck", "/Config/ExposedPorts", "/Config/Volumes",
              "/Config/WorkingDir", "/Config/StopSignal", "/Config/Tty", "/Path", "/Args", "/Pod",
              "/AppArmorProfile", "/ProcessLabel", "/MountLabel", "/EffectiveCaps",
              "/BoundingCaps"})
            text += member + (" " + at(inspection, member)) + '\n';
        text = replaced(text, at(inspection, "/Id"), "ID");
        text = replaced(text, at(network, "/Id"), "NETWORK");
        return replaced(text, tenant, "TENANT");
    }

  private:
    int jobs_ = 0;
};

}  // namespace

TEST_CASE_FIXTURE(HostileNode,
                  "a field of the engine's is refused by its place, and makes nothing") {
    for (const auto& field : create_fields) {
        const std::string name = field.name;
        CAPTURE(name);
        const auto result = job("{\"" + name + "\":" + field.value + "}");
        CHECK(at(result, "/error/code") == "invalid_job");
        CHECK(at(result, "/error/message").rfind("/payload/" + name + ": ", 0) == 0);
    }
    CHECK_FALSE(engine.has_container(runtime_of("rt-one")));
    CHECK_FALSE(engine.has_network("tenant_rt-one_net"));
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(HostileNode,
                  "variables with such names make the same container, and arrive as text") {
    std::string members;
    for (const auto& field : create_fields) {
        members +=
            (members.empty() ? "" : ",") + json_text(field.name) + ":" + json_text(field.value);
    }
    int number = 0;
    for (const auto& value : hostile_values)
        members += ",\"HOSTILE_" + std::to_string(number++) + "\":" + json_text(value);
    REQUIRE(provision("rt-one") == "provisioned");
    REQUIRE(at(job(R"({"runtime_env":{)" + members + "}}", "rt-two"), "/detail") == "provisioned");
    CHECK(nature("rt-two") == nature("rt-one"));
    CHECK(engine.facts(runtime_of("rt-two")).labels.at("io.nexus.tenant") == "rt-two");
    const auto variable = [&](const std::string& name) {
        return engine.exec(runtime_of("rt-two"), {"sh", "-c", "printf '<%s>' \"$" + name + "\""})
            .out;
    };
    number = 0;
    for (const auto& value : hostile_values)
        CHECK(variable("HOSTILE_" + std::to_string(number++)) == "<" + value + ">");
    CHECK(variable("Privileged") == "<true>");
    CHECK(variable("HostConfig") == R"(<{"Privileged":true,"Binds":["/:/host"]}>)");
    CHECK(runner.stop() == 0);
}

TEST_CASE_FIXTURE(HostileNode, "an image's name is a name, and a tenant's id is one folder") {
    for (const char* image :
         {"--privileged", "nexus-test-runtime:1.0.0 --privileged", "nexus-test-runtime:1.0.0&x=y",
          "nexus-test-runtime:1.0.0?privileged=true", "../../etc/passwd:1", "/etc/passwd:1",
          "dir:/etc", "docker-archive:/etc/passwd", "http://host/app:1", "$(reboot):1",
          "nexus-test-runtime:1.0.0\n", "nexus-test-runtime", "x:latest",
          "nexus-test-runtime@sha256:0", "\"},\"HostConfig\":{\"Privileged\":true,\"x\":\""}) {
        const std::string name = image;
        CAPTURE(name);
        CHECK(at(job(R"({"nexus_image":)" + json_text(name) + "}"), "/error/code") ==
              "image_invalid");
    }
    for (const std::string tenant :
         {"..", "../etc", "rt-one/../rt-two", "rt-one ", "RT-ONE", "rt-one?x=y", "rt-one%2f",
          "rt-one\n", "-rt-one", "*", "$(reboot)"}) {
        CAPTURE(tenant);
        CHECK(at(job("{}", tenant), "/error/code") == "invalid_tenant_id");
    }
    for (const std::string env :
         {R"({"A=B":"x"})", R"({"LD_PRELOAD":"/x"})", R"({"PATH":"/x"})", R"({"":"x"})",
          R"({"A B":"x"})", R"({"A":"x\ny"})", R"({"A":"x\u0000y"})", R"({"A\u0000B":"x"})"}) {
        CAPTURE(env);
        CHECK(at(job(R"({"runtime_env":)" + env + "}"), "/error/code") == "invalid_config_item");
    }
    CHECK_FALSE(engine.has_container(runtime_of("rt-one")));
    CHECK(runner.stop() == 0);
}

}  // namespace nexus::test
