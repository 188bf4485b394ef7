#include "backup/restic.hpp"

#include <doctest/doctest.h>

#include "base/json.hpp"

namespace nexus::backup {
namespace {

const std::string id(64, 'a');

std::string refusal(const std::string& text) {
    try {
        parse_snapshots(text);
    } catch (const json::Error& error) {
        return error.pointer() + " " + error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("no user and password of a URL is in what restic said") {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""},
        {"no URL: a@b", "no URL: a@b"},
        {"rest:http://user:p%40ss@host:8000/repo: refused",
         "rest:http://***@host:8000/repo: refused"},
        {"https://u:p@a/x and https://v:q@b/y", "https://***@a/x and https://***@b/y"},
        {"https://user:pa:ss@word@host/", "https://***@host/"},
        {"https://host/path@with", "https://host/path@with"},
        {"://", "://"},
        {"sftp://user@host:22//srv", "sftp://***@host:22//srv"},
        {"Head \"https://u:p@h/config\": EOF", "Head \"https://***@h/config\": EOF"},
    };
    for (const auto& [said, shown] : cases)
        CHECK(without_logins(said) == shown);
}

TEST_CASE("the list of snapshots is read") {
    const auto snapshots = parse_snapshots(
        R"([{"id":")" + id +
        R"(","short_id":"aaaaaaaa","hostname":"worker-1","tags":["nexus-runner","run=x"],)"
        R"("time":"2026-11-26T09:36:40Z","paths":["/a"],"new":{"member":[1]}},{"id":")" +
        id + R"("},{"id":")" + id + R"(","tags":null}])");
    REQUIRE(snapshots.size() == 3);
    CHECK(snapshots[0].id == id);
    CHECK(snapshots[0].host == "worker-1");
    CHECK(snapshots[0].tags == std::vector<std::string>{"nexus-runner", "run=x"});
    CHECK(snapshots[1].host.empty());
    CHECK(snapshots[2].tags.empty());
    CHECK(parse_snapshots("[]").empty());
}

TEST_CASE("a list of snapshots that is none is refused, with the place") {
    const std::pair<std::string, std::string> cases[] = {
        {"", " "},
        {"null", " "},
        {"{}", " "},
        {"[1]", "/0 "},
        {"[{}]", "/0/id "},
        {R"([{"id":1}])", "/0/id "},
        {R"([{"id":"--target=/"}])", "/0/id "},
        {R"([{"id":")" + id + R"("},{"id":"latest"}])", "/1/id "},
        {R"([{"id":")" + id + R"(","tags":"a"}])", "/0/tags "},
        {R"([{"id":")" + id + R"(","tags":[1]}])", "/0/tags "},
        {R"([{"id":")" + id + R"(","hostname":[]}])", "/0/hostname "},
        {std::string(100, '[') + std::string(100, ']'), " "},
    };
    for (const auto& one : cases) {
        CAPTURE(one.first);
        CHECK(refusal(one.first).starts_with(one.second));
    }
}

}  // namespace nexus::backup
