#include "backup/manifest.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/json.hpp"
#include "run_fixture.hpp"

using namespace nexus;
using namespace nexus::backup;
using test::make_run;

namespace {

constexpr const char* id = "20261126T021500.123Z";

std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    return text.replace(at, from.size(), to);
}

struct Refused {
    std::string pointer;
    std::string message;
};

Refused refused(const std::string& text) {
    try {
        parse_run(text, id);
    } catch (const json::Error& error) {
        return {error.pointer(), error.what()};
    }
    FAIL("it was taken");
    return {};
}

// With the member of the first tenant's first part as this JSON value.
std::string with_part_member(const std::string& name, const std::string& value) {
    auto text = to_json(make_run(id));
    const auto from = text.find("\"" + name + "\":", text.find("\"parts\""));
    REQUIRE(from != std::string::npos);
    const auto begin = from + name.size() + 3;
    return text.replace(begin, text.find_first_of(",}", begin) - begin, value);
}

Run make_full_run() {
    auto run = make_run(id);
    auto& part = run.tenants[0].parts[1];
    part.status = PartStatus::torn;
    part.consistency = Consistency::none;
    part.losses = {"extended attributes"};
    part.changed = {"db/a.sqlite", "odd \"name\"\n\xff"};
    part.labels = {{"io.nexus.tenant", "acme"}, {"x/~y", ""}};
    part.unchanged = true;
    part.verified_at = part.read_at;
    run.tenants[0].parts[2] = test::make_failed_part(PartName::state);
    run.tenants.push_back(test::make_tenant("beta"));
    return run;
}

}  // namespace

TEST_CASE("a run survives its file") {
    const auto run = make_full_run();
    const auto text = to_json(run);
    const auto read = parse_run(text, id);
    CHECK(to_json(read) == text);
    const auto* acme = read.find(test::tenant("acme"));
    REQUIRE(acme != nullptr);
    CHECK(acme->status() == PartStatus::failed);
    CHECK(acme->find(PartName::state)->error == "the volume nexus_acme_state is missing");
    const auto* session = acme->find(PartName::session);
    CHECK(session->labels.at("x/~y").empty());
    CHECK(session->changed[1] == "odd \"name\"\n\uFFFD");
    CHECK(session->verified_at == session->read_at);
    CHECK(acme->find(PartName::folder)->verified_at == WallTime{});
    CHECK(read.find(test::tenant("beta"))->status() == PartStatus::ok);
    CHECK(read.find(test::tenant("zeta")) == nullptr);
}

TEST_CASE("a run of one tenant says so, and holds no other") {
    auto run = make_run(id);
    run.scope = "acme";
    run.job_id = "j1";
    CHECK(parse_run(to_json(run), id).scope == "acme");
    run.scope = "beta";
    CHECK(refused(to_json(run)).pointer == "/tenants/0/tenant");
    run.tenants.clear();
    CHECK(parse_run(to_json(run), id).tenants.empty());
}

TEST_CASE("a format that this release does not know is refused with both versions") {
    const auto message =
        refused(with(to_json(make_run(id)), "\"format\":1", "\"format\":2")).message;
    CHECK(message ==
          "/format: is version 2; this release reads version 1: use the release that wrote it");
}

TEST_CASE("a run.json that is damaged or lies is refused by the member that is wrong") {
    const auto text = to_json(make_run(id));
    const struct {
        std::string from, to, pointer;
    } rows[] = {
        {"\"format\":1", "\"format\":\"1\"", "/format"},
        {"\"format\":1,", "", "/format"},
        {id, "20261126T021500.124Z", "/snapshot"},
        {id, "../../../../../etc/x", "/snapshot"},
        {"\"scope\":\"\"", "\"scope\":\"../x\"", "/scope"},
        {"\"scope\":\"\"", "\"scope\":null", "/scope"},
        {"\"node\":\"worker-1\"", "\"node\":7", "/node"},
        {"\"started_at\":\"2026", "\"started_at\":\"20x6", "/started_at"},
        {"\"bytes_written\":2700", "\"bytes_written\":-1", "/bytes_written"},
        {"\"bytes_written\":2700", "\"bytes_written\":2700.0", "/bytes_written"},
        {"\"bytes_written\":2700", "\"bytes_written\":9007199254740992", "/bytes_written"},
        {"\"tenant\":\"acme\"", "\"tenant\":\"../acme\"", "/tenants/0/tenant"},
        {"\"tenant\":\"acme\"", "\"tenant\":\"ac\"", "/tenants/0/tenant"},
        {"\"tenant\":\"acme\"", "\"tenant\":\"acme\\u0000\"", "/tenants/0/tenant"},
        {"\"tenant\":\"acme\"", "\"tenant\":null", "/tenants/0/tenant"},
        {"\"pause_ms\":120", "\"pause_ms\":-120", "/tenants/0/pause_ms"},
        {"\"tenants\":[", "\"tenants\":7,\"x\":[", "/tenants"},
        {"\"tenants\":[", "\"tenants\":[7,", "/tenants/0"},
        {"\"parts\":[", "\"parts\":[],\"x\":[", "/tenants/0/parts"},
        {"\"parts\":[", "\"parts\":{},\"x\":[", "/tenants/0/parts"},
        {"\"labels\":{}", "\"labels\":7", "/tenants/0/parts/0/labels"},
        {"\"labels\":{}", "\"labels\":{\"a/b\":7}", "/tenants/0/parts/0/labels/a~1b"},
        {"\"losses\":[]", "\"losses\":[\"a\",7]", "/tenants/0/parts/0/losses/1"},
        {"\"part\":\"folder\"", "\"part\":\"Folder\"", "/tenants/0/parts/0/part"},
        {"\"part\":\"session\"", "\"part\":\"folder\"", "/tenants/0/parts/1/part"},
        {"\"part\":\"session\"", "\"part\":\"state\"", "/tenants/0/parts/2/part"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.to);
        CHECK(refused(with(text, row.from, row.to)).pointer == row.pointer);
    }
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_THROWS_AS(parse_run(std::string_view(text).substr(0, size), id), json::Error);
}

TEST_CASE("a part of a run.json that is damaged or lies is refused by the member that is wrong") {
    const std::string sha256(64, 'a');
    const struct {
        std::string name, value;
    } rows[] = {
        {"status", "\"good\""},
        {"status", "\"failed\""},
        {"consistency", "\"\""},
        {"method", "null"},
        {"losses", "\"none\""},
        {"changed", "7"},
        {"sha256", "\"\""},
        {"sha256", "\"" + sha256 + "a\""},
        {"sha256", "\"" + sha256.substr(1) + "A\""},
        {"sha256", "\"" + sha256.substr(1) + "/\""},
        {"sha256", "\"" + sha256.substr(1) + "\\u0000\""},
        {"tar_bytes", "-1"},
        {"tar_bytes", "\"20480\""},
        {"tar_bytes", "1e3"},
        {"tar_bytes", "9223372036854775808"},
        {"tar_bytes", "9007199254740992"},
        {"blob_bytes", "-9223372036854775808"},
        {"file_bytes", "-1"},
        {"entries", "true"},
        {"fingerprint", "false"},
        {"unchanged", "\"no\""},
        {"read_at", "null"},
        {"verified_at", "\"never\""},
        {"verified_at", "0"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CAPTURE(row.value);
        const bool needs_reason = row.value == "\"failed\"";
        CHECK(refused(with_part_member(row.name, row.value)).pointer ==
              "/tenants/0/parts/0/" + (needs_reason ? "reason" : row.name));
    }
}

TEST_CASE("sizes that only together are more than 53 bits are refused") {
    auto run = make_run(id);
    for (auto& part : run.tenants[0].parts)
        part.tar_bytes = std::int64_t{1} << 52U;
    CHECK(refused(to_json(run)).pointer == "/tenants/0/parts/1/tar_bytes");
    for (auto& part : run.tenants[0].parts) {
        part.tar_bytes = std::int64_t{1} << 50U;
        part.file_bytes = std::numeric_limits<std::int64_t>::max();  // holes cost nothing
    }
    CHECK(to_json(parse_run(to_json(run), id)) == to_json(run));
}

TEST_CASE("a tenant that comes twice or out of its order is refused") {
    auto run = make_run(id);
    run.tenants.push_back(test::make_tenant("acme"));
    CHECK(refused(to_json(run)).pointer == "/tenants/1/tenant");
    run.tenants[1] = test::make_tenant("aaa");
    CHECK(refused(to_json(run)).pointer == "/tenants/1/tenant");
}

TEST_CASE("a run.json beyond all bounds is refused before it costs anything") {
    CHECK(refused(std::string((64U << 20U) + 1, ' ')).message.find("at most") != std::string::npos);
    CHECK(refused(std::string(100000, '[')).message.find("deeper") != std::string::npos);
    CHECK(refused(to_json(make_run(id)) + "x").pointer.empty());
}

TEST_CASE("only a stamp in UTC is a run's id") {
    CHECK(is_run_id(id));
    for (const char* text : {"", "latest", "20261126T021500Z", "20261126T021500.123", "..",
                             "20261126T021500.123Z/", " 20261126T021500.123Z", "2026-11-26T021500Z",
                             "20261126t021500.123z", "2026112\xd9\xa0T021500.12Z"}) {
        CAPTURE(text);
        CHECK_FALSE(is_run_id(text));
    }
}

TEST_CASE("a verification survives its file, and one that contradicts itself is refused") {
    Verification good{*parse_timestamp("2026-11-26T02:15:01.000Z"), true, "backup", {}};
    Verification bad{good.at, false, "verify", {"acme state: the blob is missing"}};
    for (const auto& verification : {good, bad}) {
        const auto text = to_json(verification);
        CHECK(to_json(parse_verification(text)) == text);
        CHECK_THROWS_AS(parse_verification(text.substr(1)), json::Error);
        CHECK_THROWS_AS(parse_verification(with(text, "\"format\":1", "\"format\":9")),
                        json::Error);
        CHECK_THROWS_AS(parse_verification(with(text, "2026", "x")), json::Error);
    }
    bad.ok = true;
    CHECK_THROWS_AS(parse_verification(to_json(bad)), json::Error);
    good.ok = false;
    CHECK_THROWS_AS(parse_verification(to_json(good)), json::Error);
}
