#include "base/json.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>

using namespace nexus;
using json::Reader;

namespace {

constexpr json::Limits limits{1000, 4};

// The pointer and the message of what `read` throws.
std::pair<std::string, std::string> error_of(const std::function<void()>& read) {
    try {
        read();
    } catch (const json::Error& error) {
        return {error.pointer(), error.what()};
    }
    return {"none", "nothing was thrown"};
}

}  // namespace

TEST_CASE("a document within its limits is parsed") {
    for (const char* text : {"{}", "[]", "1", "\"x\"", "null", " {\"a\" : [1, {\"b\": [2]}]} ",
                             "[[[[]]]]", R"(["[[[[[[", "{\"{{{{"])"}) {
        CAPTURE(text);
        CHECK_NOTHROW(json::parse(text, limits));
    }
}

TEST_CASE("a document beyond its limits is refused before it is parsed") {
    CHECK(error_of([] { json::parse(std::string(1001, ' '), limits); }).second.find("1001 bytes") !=
          std::string::npos);
    for (const char* text : {"[[[[[]]]]]", R"({"a":{"a":{"a":{"a":{}}}}})", "[[[[[", "{[{[{[",
                             R"(["\"", [[[[]]]]])"}) {
        CAPTURE(text);
        CHECK(error_of([&] { json::parse(text, limits); }).second.find("deeper than 4") !=
              std::string::npos);
    }
    const std::string abyss(10'000'000, '[');
    CHECK(error_of([&] {
              json::parse(abyss, {abyss.size(), 32});
          }).second.find("deeper") != std::string::npos);
}

TEST_CASE("what is not valid JSON is refused with the place") {
    for (const std::string& text : {std::string(),
                                    std::string(" "),
                                    std::string("{"),
                                    std::string("}"),
                                    std::string("{}{}"),
                                    std::string("{} x"),
                                    std::string("{'a':1}"),
                                    std::string("{\"a\":1,}"),
                                    std::string("[1,]"),
                                    std::string("nul"),
                                    std::string("01"),
                                    std::string("1e"),
                                    std::string("NaN"),
                                    std::string("\"\n\""),
                                    std::string("\"\\x\""),
                                    std::string("\"abc"),
                                    std::string("\"\\ud800\""),
                                    std::string("\"\xFF\""),
                                    std::string("\"\xC0\x80\""),
                                    std::string("// x\n1"),
                                    std::string("{}\0", 3),
                                    std::string("1e999")}) {
        CAPTURE(text);
        const auto error = error_of([&] { json::parse(text, limits); });
        CHECK(error.first.empty());
        CHECK(error.second.find("not valid JSON: ") == 0);
    }
}

TEST_CASE("members are read by type") {
    const auto document = json::parse(
        R"({"s":"a\u0000b","i":-9223372036854775808,"d":1.5,"b":true,"n":null,"o":{"x":"y"},"m":{"A":"1","B":""}})",
        limits);
    const Reader reader(document);
    CHECK(reader.string("s") == std::string("a\0b", 3));
    CHECK(reader.integer("i") == std::numeric_limits<std::int64_t>::min());
    CHECK(reader.find_number("d") == 1.5);
    CHECK(reader.find_number("i").has_value());
    CHECK(reader.boolean("b"));
    CHECK(reader.find_object("o")->string("x") == "y");
    CHECK(reader.strings("m") == std::map<std::string, std::string>{{"A", "1"}, {"B", ""}});
    CHECK(reader.has("s"));
    CHECK_FALSE(reader.has("n"));
    CHECK_FALSE(reader.has("absent"));
}

TEST_CASE("a missing member, or null, is nothing where it is optional") {
    const auto document = json::parse(R"({"n":null})", limits);
    const Reader reader(document);
    for (const char* name : {"n", "absent", ""}) {
        CHECK_FALSE(reader.find_string(name).has_value());
        CHECK_FALSE(reader.find_integer(name).has_value());
        CHECK_FALSE(reader.find_number(name).has_value());
        CHECK_FALSE(reader.find_boolean(name).has_value());
        CHECK_FALSE(reader.find_object(name).has_value());
        CHECK(reader.strings(name).empty());
    }
}

TEST_CASE("a member of another type, or none, is refused with its pointer") {
    const auto document = json::parse(
        R"({"s":"x","i":1,"d":1.5,"big":9223372036854775808,"o":{"a/b~c":1},"m":{"A":1},"l":[]})",
        limits);
    const Reader reader(document, "/payload");
    using Pair = std::pair<std::string, std::string>;
    CHECK(error_of([&] { reader.string("i"); }) ==
          Pair("/payload/i", "/payload/i: must be a string"));
    CHECK(error_of([&] { reader.string("absent"); }) ==
          Pair("/payload/absent", "/payload/absent: is missing"));
    CHECK(error_of([&] { reader.integer("d"); }).first == "/payload/d");
    CHECK(error_of([&] { reader.integer("big"); }).first == "/payload/big");
    CHECK(error_of([&] { reader.integer("s"); }).first == "/payload/s");
    CHECK(error_of([&] { reader.boolean("i"); }).first == "/payload/i");
    CHECK(error_of([&] { reader.find_string("i"); }).first == "/payload/i");
    CHECK(error_of([&] { reader.find_integer("s"); }).first == "/payload/s");
    CHECK(error_of([&] { reader.find_number("s"); }).first == "/payload/s");
    CHECK(error_of([&] { reader.find_boolean("s"); }).first == "/payload/s");
    CHECK(error_of([&] { reader.find_object("l"); }).first == "/payload/l");
    CHECK(error_of([&] { reader.strings("m"); }).first == "/payload/m/A");
    CHECK(error_of([&] { reader.find_object("o")->string("a/b~c"); }).first ==
          "/payload/o/a~1b~0c");
    const auto list = json::parse("[]", limits);
    CHECK(error_of([&] { const Reader wrong(list); }).first.empty());
}

TEST_CASE("a number is what it says, however it is written") {
    const std::pair<const char*, double> cases[] = {
        {"0e52", 0},
        {"0.000000000000000000000000", 0},
        {"0e-400", 0},
        {"0.1", 0.1},
        {"2.5e-1", 0.25},
        {"0.184467440737095516159", 0.184467440737095516159},
        {"123456.789", 123456.789},
        {"1.7976931348623157e308", 1.7976931348623157e308},
    };
    for (const auto& [text, number] : cases) {
        const auto document = json::parse(std::string("{\"n\":") + text + "}", limits);
        const auto read = json::Reader(document).find_number("n").value();
        const std::string written = text;
        CAPTURE(written);
        CHECK(read >= number * (1 - 1e-15));
        CHECK(read <= number * (1 + 1e-15));
    }
}

TEST_CASE("texts are written in the order of the calls, and whatever they hold stays text") {
    json::Writer writer;
    writer.begin_object()
        .member("s", "a\"b\\c\n\x01")
        .member("i", std::int64_t{-1})
        .member("d", 0.5)
        .member("b", false)
        .member("m", std::map<std::string, std::string>{{"k", "v"}})
        .key("n")
        .null()
        .key("raw")
        .raw(R"({"x":[1]})")
        .begin_array("l")
        .value(1)
        .value(std::string("\xFF"))
        .end_array()
        .member("inf", std::numeric_limits<double>::infinity())
        .end_object();
    CHECK(writer.text() ==
          "{\"s\":\"a\\\"b\\\\c\\n\\u0001\",\"i\":-1,\"d\":0.5,\"b\":false,\"m\":{\"k\":\"v\"},"
          "\"n\":null,"
          "\"raw\":{\"x\":[1]},\"l\":[1,\"\xEF\xBF\xBD\"],\"inf\":null}");
    CHECK_NOTHROW(json::parse(writer.text(), limits));
}

TEST_CASE("a name that is not UTF-8 does not spoil the text") {
    json::Writer writer;
    writer.begin_object().member("\xFF", "x").end_object();
    CHECK_NOTHROW(json::parse(writer.text(), limits));
}

TEST_CASE("a value becomes the same text again") {
    const std::string text = R"({"a":[1,-2.5,"x",null,true],"b":{}})";
    CHECK(json::to_text(json::parse(text, limits)) == text);
}
