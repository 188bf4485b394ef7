#include "redis/reply.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "redis/error.hpp"

using namespace nexus::redis;

namespace {

ErrorKind kind_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.kind();
    }
    FAIL("nothing was thrown");
    return {};
}

}  // namespace

TEST_CASE("a reply gives what it is") {
    CHECK(Reply().is_nil());
    CHECK(Reply(std::int64_t{-7}).integer() == -7);
    CHECK(Reply(std::string("a\0b", 3)).text() == std::string("a\0b", 3));
    Reply::Array elements;
    elements.emplace_back(std::int64_t{1});
    elements.emplace_back();
    const Reply array(std::move(elements));
    REQUIRE(array.array().size() == 2);
    CHECK(array.array()[0].integer() == 1);
    CHECK(array.array()[1].is_nil());
}

TEST_CASE("asking a reply for another type is a protocol error") {
    const Reply replies[] = {Reply(), Reply(std::int64_t{1}), Reply(std::string("x")),
                             Reply(Reply::Array{})};
    for (const Reply& reply : replies) {
        CAPTURE(to_string(reply.type()));
        const auto type = reply.type();
        if (type != Reply::Type::integer)
            CHECK(kind_of([&] { reply.integer(); }) == ErrorKind::protocol);
        if (type != Reply::Type::text)
            CHECK(kind_of([&] { (void)reply.text(); }) == ErrorKind::protocol);
        if (type != Reply::Type::array)
            CHECK(kind_of([&] { (void)reply.array(); }) == ErrorKind::protocol);
        CHECK_NOTHROW(reply.throw_if_error());
        CHECK(reply.error_line().empty());
    }
}

TEST_CASE("asking an error reply for anything throws the error that it is") {
    const Reply reply = Reply::error("READONLY You can't write");
    CHECK(reply.is_error());
    CHECK(reply.error_line() == "READONLY You can't write");
    CHECK(kind_of([&] { reply.integer(); }) == ErrorKind::moved);
    CHECK(kind_of([&] { (void)reply.text(); }) == ErrorKind::moved);
    CHECK(kind_of([&] { (void)reply.array(); }) == ErrorKind::moved);
    CHECK(kind_of([&] { reply.throw_if_error(); }) == ErrorKind::moved);
}
