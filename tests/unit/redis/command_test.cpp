#include "redis/command.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace nexus::redis;
using namespace std::string_view_literals;

namespace {

std::string wire(const Command& command) {
    std::string buffer;
    command.append_to(buffer);
    return buffer;
}

}  // namespace

TEST_CASE("a command goes over the wire with the length of each word") {
    CHECK(wire(Command("PING")) == "*1\r\n$4\r\nPING\r\n");
    CHECK(wire(Command("SET", "key", "value")) ==
          "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n");
    CHECK(wire(Command("XREAD", "COUNT", 10, "BLOCK", -1L)) ==
          "*5\r\n$5\r\nXREAD\r\n$5\r\nCOUNT\r\n$2\r\n10\r\n$5\r\nBLOCK\r\n$2\r\n-1\r\n");
}

TEST_CASE("a word may be empty or hold any bytes") {
    CHECK(wire(Command("SET", "", "a\0b\r\n$9\xff%s"sv)) ==
          "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$10\r\na\0b\r\n$9\xff%s\r\n"sv);
}

TEST_CASE("commands are written one after the other into one buffer") {
    std::string buffer = "before";
    Command command("DEL");
    command.add("a").add(std::string("b")).add(7);
    command.append_to(buffer);
    Command("PING").append_to(buffer);
    CHECK(buffer ==
          "before*4\r\n$3\r\nDEL\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\n7\r\n*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("a command's words can be read back") {
    const Command command("SET", "", "value");
    CHECK(command.size() == 3);
    CHECK(command.word(0) == "SET");
    CHECK(command.word(1).empty());
    CHECK(command.word(2) == "value");
    CHECK_THROWS_AS(command.word(3), std::out_of_range);
}

TEST_CASE("a command that Redis would never take is not sent") {
    const Command command("SET", "key", std::string((512U << 20U) + 1, 'x'));
    CHECK_THROWS_AS(wire(command), std::length_error);
}
