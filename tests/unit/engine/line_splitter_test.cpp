#include "engine/line_splitter.hpp"

#include <doctest/doctest.h>

#include <nexus/backend.hpp>
#include <vector>

namespace nexus::engine {
namespace {

std::vector<std::string> lines_of(const std::vector<std::string>& pieces) {
    std::vector<std::string> lines;
    LineSplitter splitter([&lines](std::string_view line) { lines.emplace_back(line); });
    for (const auto& piece : pieces)
        splitter.feed(piece);
    splitter.finish();
    return lines;
}

TEST_CASE("a stream is cut into lines wherever its pieces end") {
    using Lines = std::vector<std::string>;
    const struct {
        Lines pieces, lines;
    } cases[] = {
        {{}, {}},
        {{""}, {}},
        {{"\n\r\n\n"}, {}},
        {{"a\nb\n"}, {"a", "b"}},
        {{"a\r\nb"}, {"a", "b"}},
        {{"a", "b", "\nc"}, {"ab", "c"}},
        {{"a\r", "\nb\n"}, {"a", "b"}},
        {{"a\nb", "c\nd\n", "e"}, {"a", "bc", "d", "e"}},
    };
    for (const auto& c : cases)
        CHECK(lines_of(c.pieces) == c.lines);
}

TEST_CASE("a line without an end is refused before it fills the memory") {
    LineSplitter splitter([](std::string_view) {});
    splitter.feed(std::string(LineSplitter::max_line, 'a'));
    CHECK_THROWS_AS(splitter.feed("a"), BackendError);
    LineSplitter at_once([](std::string_view) {});
    CHECK_THROWS_AS(at_once.feed(std::string(LineSplitter::max_line + 1, 'a')), BackendError);
}

}  // namespace
}  // namespace nexus::engine
