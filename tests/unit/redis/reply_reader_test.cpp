#include "redis/reply_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "redis/error.hpp"

using namespace nexus::redis;
using namespace std::string_literals;

namespace {

std::string show(const Reply& reply) {
    switch (reply.type()) {
        case Reply::Type::nil:
            return "nil";
        case Reply::Type::integer:
            return std::to_string(reply.integer());
        case Reply::Type::text:
            return "'" + reply.text() + "'";
        case Reply::Type::error:
            return "!" + std::string(reply.error_line());
        case Reply::Type::array:
            break;
    }
    std::string text = "[";
    for (const Reply& element : reply.array())
        text += show(element) + " ";
    return text + "]";
}

const ReplyLimits small{.bytes = 200, .values = 10, .depth = 3};

}  // namespace

TEST_CASE("replies are read whole, however the bytes are cut") {
    struct Row {
        std::string bytes, shown;
    };
    const Row rows[] = {
        {"+OK\r\n", "'OK'"},
        {"+\r\n", "''"},
        {"-ERR no\r\n", "!ERR no"},
        {":-42\r\n", "-42"},
        {":9223372036854775807\r\n", "9223372036854775807"},
        {"$3\r\nabc\r\n", "'abc'"},
        {"$0\r\n\r\n", "''"},
        {"$4\r\na\0\r\n\r\n"s, "'a\0\r\n'"s},
        {"$-1\r\n", "nil"},
        {"*-1\r\n", "nil"},
        {"*0\r\n", "[]"},
        {"*3\r\n:1\r\n*-1\r\n*2\r\n$1\r\nx\r\n*0\r\n", "[1 nil ['x' [] ] ]"},
        {"*2\r\n-ERR inside\r\n$-1\r\n", "[!ERR inside nil ]"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes);
        for (std::size_t step = 1; step <= row.bytes.size(); ++step) {
            ReplyReader reader;
            std::vector<std::string> seen;
            const std::string twice = row.bytes + row.bytes;
            for (std::size_t at = 0; at < twice.size(); at += step) {
                reader.feed(std::string_view(twice).substr(at, step));
                while (auto reply = reader.next())
                    seen.push_back(show(*reply));
            }
            CHECK(seen == std::vector{row.shown, row.shown});
            CHECK(reader.idle());
        }
    }
}

TEST_CASE("a reply that is not whole yet is nothing yet") {
    const char* const rows[] = {"",
                                "+",
                                "+OK\r",
                                "$",
                                "$3\r\n",
                                "$3\r\nab",
                                "$3\r\nabc\r",
                                "*2\r\n",
                                "*2\r\n:1\r\n",
                                "*1\r\n*1\r\n"};
    for (const char* bytes : rows) {
        CAPTURE(bytes);
        ReplyReader reader;
        reader.feed(bytes);
        CHECK(!reader.next());
        CHECK(reader.idle() == (bytes[0] == '\0'));
    }
}

TEST_CASE("what is not RESP2 or beyond the limits is a protocol error") {
    struct Row {
        std::string bytes;
        const char* says;
    };
    const Row rows[] = {
        {"hello\r\n", "\"h\""},
        {"HTTP/1.1 400 Bad Request\r\n", "\"H\""},
        {"\x15\x03\x01"s, "reply type byte"},
        {"$abc\r\n", "length"},
        {"$-2\r\n", "out of range"},
        {"*x\r\n", "length"},
        {"*-2\r\n", "out of range"},
        {":12x\r\n", "integer"},
        {",1.5\r\n", ""},                   // RESP3: a double
        {"#t\r\n", ""},                     // a boolean
        {"%1\r\n+a\r\n+b\r\n", ""},         // a map
        {"~1\r\n+a\r\n", ""},               // a set
        {">2\r\n+a\r\n+b\r\n", ""},         // a push
        {"=7\r\ntxt:abc\r\n", ""},          // a verbatim string
        {"(12345678901234567890\r\n", ""},  // a big number
        {"*11\r\n", "too many elements"},
        {"*2147483647\r\n", "too many elements"},
        {"*4294967296\r\n", ""},
        {"*9223372036854775807\r\n", ""},
        {"*4\r\n*2\r\n:1\r\n:1\r\n*2\r\n:1\r\n:1\r\n*2\r\n:1\r\n:1\r\n*0\r\n", "too many values"},
        {"*1\r\n*1\r\n*1\r\n*1\r\n", "nested too deeply"},
        {"+" + std::string(300, 'x'), "longer than 200 bytes"},
        {"$1000000000\r\n" + std::string(300, 'x'), "longer than 200 bytes"},
        {"$9223372036854775807\r\n" + std::string(300, 'x'), "longer than 200 bytes"},
        {"*2\r\n$9\r\nabcdefghi\r\n$400\r\n" + std::string(300, 'x'), "longer than 200 bytes"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.bytes);
        ReplyReader reader(small);
        try {
            reader.feed(row.bytes);
            while (reader.next()) {
            }
            FAIL_CHECK("it was taken");
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::protocol);
            CHECK(std::string(error.what()).find(row.says) != std::string::npos);
        }
    }
}

TEST_CASE("the limits are of one reply, not of the stream") {
    ReplyReader reader(small);
    for (int round = 0; round < 100; ++round) {
        reader.feed("*3\r\n$50\r\n" + std::string(50, 'x') + "\r\n:1\r\n:2\r\n+OK\r\n");
        CHECK(reader.next());
        CHECK(reader.next());
        CHECK(!reader.next());
    }
}

TEST_CASE("a huge claim without the elements behind it takes no memory") {
    ReplyReader reader;
    std::string claims;
    for (int level = 0; level < 7; ++level)
        claims += "*1000000\r\n";
    reader.feed(claims);
    CHECK(!reader.next());
}
