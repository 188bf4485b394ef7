#include <doctest/doctest.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "base/json.hpp"

using namespace nexus;

namespace {

const char* const rules = R"({
  "type": "object", "additionalProperties": false, "required": ["id"],
  "properties": {
    "id": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
    "n": {"type": "integer", "minimum": 1},
    "mode": {"enum": ["on", "off"]},
    "list": {"type": "array", "items": {"type": "object", "required": ["x"]}}
  }})";

std::pair<std::string, std::string> verdict(const json::Schema& schema, const std::string& text,
                                            const std::string& pointer = "") {
    const auto document = json::parse(text, json::own_files);
    try {
        schema.check(document, pointer);
    } catch (const json::Error& error) {
        return {error.pointer(), error.what()};
    }
    return {"fits", ""};
}

}  // namespace

TEST_CASE("what fits the schema passes") {
    const json::Schema schema(rules);
    for (const char* text : {R"({"id":"a"})", R"({"id":"a","n":1,"mode":"on","list":[{"x":1}]})"}) {
        CAPTURE(text);
        CHECK(verdict(schema, text).first == "fits");
    }
}

TEST_CASE("the first place that does not fit is named, with what is allowed there") {
    const json::Schema schema(rules);
    struct Row {
        const char* text;
        const char* pointer;
        const char* part;
    };
    for (const Row& row :
         {Row{"[]", "", "object"}, Row{"{}", "", "missing: \"id\""},
          Row{R"({"id":1})", "/id", "must be of type \"string\""},
          Row{R"({"id":"A"})", "/id", "must match"},
          Row{R"({"id":"abcdef"})", "/id", "maxLength 5"},
          Row{R"({"id":"a","n":0})", "/n", "minimum 1"},
          Row{R"({"id":"a","n":1.5})", "/n", "integer"},
          Row{R"({"id":"a","mode":"x"})", "/mode", "must be one of [\"on\",\"off\"]"},
          Row{R"({"id":"a","list":[{"x":1},{}]})", "/list/1", "missing: \"x\""}}) {
        CAPTURE(row.text);
        const auto [pointer, message] = verdict(schema, row.text);
        CHECK(pointer == row.pointer);
        CHECK(message.find(row.part) != std::string::npos);
    }
}

TEST_CASE("an unknown member is named by its own pointer, below the one of the caller") {
    const json::Schema schema(rules);
    const auto [pointer, message] = verdict(schema, R"({"id":"a","spy":1})", "/payload");
    CHECK(pointer == "/payload/spy");
    CHECK(message == "/payload/spy: this member is not known here");
}

TEST_CASE("a schema that is no JSON is an error of the program") {
    CHECK_THROWS_AS(json::Schema("{"), std::logic_error);
}

TEST_CASE("one schema checks values of several threads at once") {
    const json::Schema schema(rules);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            const auto good = json::parse(R"({"id":"a"})", json::own_files);
            for (int turn = 0; turn < 200; ++turn)
                schema.check(good);
        });
    }
}
