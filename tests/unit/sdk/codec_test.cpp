#include <doctest/doctest.h>

#include <limits>
#include <nexus/backend_codec.hpp>

namespace nexus {
namespace {

using codec::decode;
using codec::encode;
using codec::Malformed;

// Fills every member that it visits with something that is not its default, so that a member left
// out of a list shows.
struct Filler {
    void operator()(std::string_view name, std::string& value) { value = "a " + std::string(name); }
    void operator()(std::string_view /*name*/, std::int64_t& value) { value = ++numbers; }
    void operator()(std::string_view /*name*/, bool& value) { value = true; }
    void operator()(std::string_view /*name*/, Labels& value) { value = {{"k", "v"}, {"", ""}}; }
    void operator()(std::string_view /*name*/, Phase& value) { value = Phase::exited; }
    void operator()(std::string_view /*name*/, Health& value) { value = Health::unhealthy; }
    void operator()(std::string_view /*name*/, RegistryAuth& value) { members(*this, value); }
    void operator()(std::string_view /*name*/, VolumeAccess& value) { members(*this, value); }
    template <typename T>
    void operator()(std::string_view name, std::vector<T>& values) {
        values.resize(2);
        for (auto& value : values) {
            if constexpr (std::is_same_v<T, std::string>) {
                (*this)(name, value);
            } else {
                members(*this, value);
            }
        }
    }
    std::int64_t numbers = 0;
};

TEST_CASE_TEMPLATE("every value crosses the boundary as it is", T, Info, NetworkSpec, NetworkState,
                   VolumeSpec, VolumeState, RegistryAuth, ImageRequest, ImageState, VolumeMount,
                   BindMount, ContainerSpec, ContainerState, Event, Stats, VolumeCopy) {
    T value;
    const std::string plain = encode(value);
    CHECK(encode(decode<T>(plain)) == plain);
    CHECK(encode(decode<T>("{}")) == plain);
    Filler fill;
    members(fill, value);
    const std::string full = encode(value);
    CHECK(full != plain);
    CHECK(encode(decode<T>(full)) == full);
}

TEST_CASE("the members of a value have the names of its fields") {
    ContainerState state;
    state.name = "tenant_acme_runtime";
    state.phase = Phase::running;
    state.labels["io.nexus.tenant"] = "acme";
    CHECK(encode(state) ==
          R"({"id":"","name":"tenant_acme_runtime","image":"","labels":{"io.nexus.tenant":"acme"},)"
          R"("phase":"running","health":"none","exit_code":0,"oom_killed":false,"started_at":"",)"
          R"("finished_at":"","restarts":0,"mounts":[],"published":[]})");
}

TEST_CASE("members that are unknown, absent or null change nothing") {
    const auto spec = decode<ContainerSpec>(
        R"({"later": {"deep": [1, {"x": null}]}, "name": "n", "image": null, "labels": null,
            "volumes": [{"volume": "v", "mode": 7}], "stop_timeout_seconds": null})");
    CHECK(spec.name == "n");
    CHECK(spec.image.empty());
    CHECK(spec.volumes.at(0).volume == "v");
    CHECK(spec.stop_timeout_seconds == 10);
}

TEST_CASE("texts and numbers come back exactly") {
    Info info;
    info.engine = std::string("quote \" slash \\ newline \n nul \0 end", 35);
    info.engine_version = "h\xC3\xA9llo \xF0\x9F\x9A\x80";
    info.cpus = std::numeric_limits<std::int64_t>::min();
    info.memory_bytes = std::numeric_limits<std::int64_t>::max();
    const auto back = decode<Info>(encode(info));
    CHECK(back.engine == info.engine);
    CHECK(back.engine_version == info.engine_version);
    CHECK(back.cpus == info.cpus);
    CHECK(back.memory_bytes == info.memory_bytes);
}

TEST_CASE("bytes that are no UTF-8 are replaced and spoil nothing beside them") {
    struct Row {
        std::string text;
        std::string expected;
    };
    const std::string mark = "\xEF\xBF\xBD";
    const std::vector<Row> rows{
        {"\xFF", mark},
        {"a\xC3", "a" + mark},
        {"a\xC3z", "a" + mark + "z"},
        {"\xC0\xAFx", mark + mark + "x"},                 // overlong
        {"\xED\xA0\x80", mark + mark + mark},             // a surrogate
        {"\xF4\x90\x80\x80", mark + mark + mark + mark},  // above U+10FFFF
        {"\xE2\x82\xAC\x80", "\xE2\x82\xAC" + mark},
    };
    for (const auto& row : rows) {
        Info info;
        info.engine = row.text;
        info.api_version = "1.41";
        const auto back = decode<Info>(encode(info));
        CHECK(back.engine == row.expected);
        CHECK(back.api_version == "1.41");
    }
}

TEST_CASE("what is malformed is refused with its place") {
    struct Row {
        std::string text;
        std::string problem;
    };
    const std::vector<Row> rows{
        {"", "not valid JSON"},
        {"{", "not valid JSON"},
        {"{} {}", "not valid JSON"},
        {"{'name': 1}", "not valid JSON"},
        {"{\"name\": \"\xFF\"}", "not valid JSON"},
        {"{\"name\": \"\n\"}", "not valid JSON"},
        {std::string("{}\0{}", 5), "behind its end"},
        {std::string("\0", 1), "not valid JSON"},
        {"\xEF\xBB\xBF{}", "not valid JSON"},
        {"[]", "the document must be an object"},
        {"null", "the document must be an object"},
        {"7", "the document must be an object"},
        {R"({"name": 7})", "/name must be a string"},
        {R"({"oom_killed": 0})", "/oom_killed must be true or false"},
        {R"({"exit_code": "0"})", "/exit_code must be an integer"},
        {R"({"exit_code": 1.5})", "/exit_code must be an integer"},
        {R"({"exit_code": 9223372036854775808})", "/exit_code must be an integer"},
        {R"({"exit_code": 1e999})", "not valid JSON"},
        {R"({"labels": []})", "/labels must be an object"},
        {R"({"labels": {"a": 1}})", "/labels/a must be a string"},
        {R"({"phase": "melted"})", "/phase is not a word"},
        {R"({"phase": 1})", "/phase must be a string"},
        {R"({"health": ""})", "/health is not a word"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        try {
            decode<ContainerState>(row.text);
            FAIL_CHECK("accepted");
        } catch (const Malformed& error) {
            CHECK_MESSAGE(std::string(error.what()).find(row.problem) != std::string::npos,
                          error.what());
        }
    }
    CHECK_THROWS_WITH_AS(decode<ContainerSpec>(R"({"volumes": [{}, {"target": false}]})"),
                         "/volumes/1/target must be a string", Malformed);
    CHECK_THROWS_WITH_AS(decode<ContainerSpec>(R"({"binds": {}})"), "/binds must be an array",
                         Malformed);
    CHECK_THROWS_WITH_AS(decode<ContainerSpec>(R"({"tmpfs": [null]})"), "/tmpfs/0 must be a string",
                         Malformed);
}

TEST_CASE("depth and size are bounded without recursion") {
    const auto nested = [](std::size_t levels) {
        return R"({"later":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
    };
    CHECK_NOTHROW(decode<Info>(nested(codec::max_depth - 1)));
    CHECK_THROWS_WITH_AS(decode<Info>(nested(codec::max_depth)),
                         "the document nests deeper than 32 levels", Malformed);
    CHECK_THROWS_AS(decode<Info>(std::string(5'000'000, '[')), Malformed);
    CHECK_THROWS_WITH_AS(decode<Info>("{}" + std::string(codec::max_bytes, ' ')),
                         "the document has more than 67108864 bytes", Malformed);
}

}  // namespace
}  // namespace nexus
