#include "docker/pull.hpp"

#include <doctest/doctest.h>

#include <nexus/backend.hpp>
#include <nexus/codec.hpp>
#include <vector>

namespace nexus::docker {
namespace {

struct After : PullProgress {
    explicit After(const std::vector<std::string>& lines) {
        for (const auto& text : lines)
            line(text);
    }
};

TEST_CASE("a pull counts its layers and bytes and ends with success") {
    After progress({
        R"({"status":"Pulling from team/app","id":"1.0.0"})",
        R"({"status":"Pulling fs layer","progressDetail":{},"id":"aaa"})",
        R"({"status":"Pulling fs layer","progressDetail":{},"id":"bbb"})",
        R"({"status":"Already exists","progressDetail":{},"id":"ccc"})",
        R"({"status":"Downloading","progressDetail":{"current":1500000,"total":20000000},)"
        R"("progress":"[=>  ]","id":"aaa"})",
        R"({"status":"Downloading","progressDetail":{"current":50000,"total":100000},"id":"bbb"})",
    });
    CHECK(progress.summary() == "1 of 3 layers, 1.5 of 20.1 MB");
    progress.line(R"({"status":"Download complete","progressDetail":{},"id":"aaa"})");
    progress.line(R"({"status":"Extracting","progressDetail":{"current":5,"total":9},"id":"aaa"})");
    CHECK(progress.summary() == "1 of 3 layers, 20.0 of 20.1 MB");
    progress.line(R"({"status":"Pull complete","progressDetail":{},"id":"aaa"})");
    progress.line(R"({"status":"Pull complete","progressDetail":{},"id":"bbb"})");
    CHECK(progress.summary() == "3 of 3 layers, 20.1 of 20.1 MB");
    CHECK_FALSE(progress.succeeded());
    progress.line(R"({"status":"Digest: sha256:aa"})");
    progress.line(R"({"status":"Status: Downloaded newer image for team/app:1.0.0"})");
    CHECK(progress.succeeded());
    CHECK_FALSE(progress.error());
}

TEST_CASE("an image that was there already is a success") {
    CHECK(After({R"({"status":"Status: Image is up to date for app:1"})"}).succeeded());
}

TEST_CASE("an error inside the stream is one, whatever comes after it") {
    const struct {
        const char *line, *sentence;
    } cases[] = {
        {R"({"errorDetail":{"message":"blob unknown"},"error":"blob unknown to registry"})",
         "blob unknown"},
        {R"({"error":"manifest unknown"})", "manifest unknown"},
        {R"({"errorDetail":{"message":"only here"}})", "only here"},
        {R"({"error":""})", "the engine gave no reason"},
        {R"({"errorDetail":{}})", "the engine gave no reason"},
        {R"({"error":"two\nlines"})", "two lines"},
    };
    for (const auto& c : cases) {
        const After progress({c.line, R"({"error":"a later one"})",
                              R"({"status":"Status: Downloaded newer image for a"})"});
        CHECK_FALSE(progress.succeeded());
        CHECK(progress.error() == c.sentence);
    }
}

TEST_CASE("only the engine's own words are a success") {
    for (const char* status : {"Downloaded newer image for a", "Status: ", "Pull complete", ""})
        CHECK_FALSE(After({codec::encode(Labels{{"status", status}})}).succeeded());
    CHECK_FALSE(PullProgress().succeeded());
}

TEST_CASE("a line of another shape is refused") {
    for (const char* line :
         {"", "nonsense", "[]", "7", R"({"status":7})", R"({"id":{}})", R"({"progressDetail":[]})",
          R"({"progressDetail":{"current":"1"}})", R"({"error":{}})", R"({"errorDetail":"x"})",
          "{\"status\":\"\xff\"}"}) {
        CAPTURE(line);
        CHECK_THROWS_AS(After({line}), codec::Malformed);
    }
}

TEST_CASE("numbers out of all proportion do no harm") {
    PullProgress progress;
    for (int i = 0; i < 3000; ++i) {
        progress.line(R"({"status":"Downloading","progressDetail":)"
                      R"({"current":9223372036854775807,"total":9223372036854775807},"id":")" +
                      std::to_string(i) + "\"}");
    }
    progress.line(R"({"status":"Downloading","progressDetail":)"
                  R"({"current":-9223372036854775808,"total":-1},"id":"0"})");
    CHECK(progress.summary() == "0 of 1024 layers, 1023000000.0 of 1024000000.0 MB");
}

}  // namespace
}  // namespace nexus::docker
