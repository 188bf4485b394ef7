#include "base/whole_io.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <nexus/unique_fd.hpp>
#include <string>
#include <thread>

#include "unit/base/refusal.hpp"

namespace nexus {
namespace {

TEST_CASE("what is written whole through a pipe is read whole, whatever pieces it takes") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const UniqueFd reader(ends[0]);
    std::string bytes;
    for (int i = 0; bytes.size() < 500'000; ++i)
        bytes += std::to_string(i);
    std::jthread other([&, end = ends[1]] {
        const UniqueFd writer(end);
        write_all(writer.get(), bytes, "the pipe");
    });
    std::string first(300'000, '\0');
    CHECK(read_full(reader.get(), first, "the pipe") == first.size());
    std::string rest(300'000, '\0');
    rest.resize(read_full(reader.get(), rest, "the pipe"));
    CHECK(first + rest == bytes);
    CHECK(read_full(reader.get(), first, "the pipe") == 0);
}

TEST_CASE("what cannot be read or written is named") {
    const UniqueFd full(::open("/dev/full", O_RDWR | O_CLOEXEC));
    std::array<char, 1> room{};
    CHECK(test::refusal([&] { write_all(full.get(), "x", "the file"); }).starts_with("the file: "));
    CHECK(test::refusal([&] { read_full(-1, room, "the file"); }).starts_with("the file: "));
}

}  // namespace
}  // namespace nexus
