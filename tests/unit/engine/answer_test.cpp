#include "engine/answer.hpp"

#include <doctest/doctest.h>

namespace nexus::engine {
namespace {

TEST_CASE("the sentence of an error comes out of whatever body there is") {
    const struct {
        std::string body, message;
    } cases[] = {
        {R"({"message":"no such container: a"})", "no such container: a"},
        {R"({"cause":"x","message":"no such volume","response":404})", "no such volume"},
        {"client version 1.11 is too old\n", "client version 1.11 is too old"},
        {"", "HTTP status 500"},
        {"{}", "HTTP status 500"},
        {"\n\n", "HTTP status 500"},
        {R"({"message":7})", R"({"message":7})"},
        {"[1", "[1"},
    };
    for (const auto& c : cases)
        CHECK(read_error({500, {}, c.body}).message == c.message);
    CHECK(read_error({500, {}, std::string(100'000, 'x')}).message.size() == 512);
    const auto podman = read_error({409, {}, R"({"cause":"in use","message":"a: in use"})"});
    CHECK(podman.status == 409);
    CHECK(podman.cause == "in use");
    CHECK(podman.message == "a: in use");
}

TEST_CASE("an answer of another shape is an error that names the engine and the request") {
    const Engine engine{"Docker Engine", "dockerd", {"unix:///x", "/x", "", 0}};
    const auto parse = [](std::string_view body) { return codec::decode<Labels>(body); };
    const Request request{"GET", "/labels?secret=1"};
    CHECK(read(engine, request, {200, {}, R"({"a":"b"})"}, parse) == Labels{{"a", "b"}});
    for (const char* body : {"", "nonsense", "[]", R"({"a":1})", "{\"a\":"}) {
        CAPTURE(body);
        try {
            read(engine, request, {200, {}, body}, parse);
            FAIL("taken");
        } catch (const BackendError& error) {
            const std::string message = error.what();
            CHECK(error.code() == Code::internal);
            CHECK(
                message.starts_with("the Docker Engine at unix:///x answered something "
                                    "unexpected (GET /labels): "));
        }
    }
}

}  // namespace
}  // namespace nexus::engine
