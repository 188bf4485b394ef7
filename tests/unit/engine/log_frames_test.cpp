#include "engine/log_frames.hpp"

#include <doctest/doctest.h>

#include <nexus/backend.hpp>
#include <string>

namespace nexus::engine {
namespace {

std::string frame(char stream, const std::string& text) {
    const auto size = static_cast<unsigned>(text.size());
    std::string result{stream, 0, 0, 0};
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        result += static_cast<char>((size >> shift) & 0xFFU);
    return result + text;
}

TEST_CASE("frames come apart wherever the pieces of the stream end") {
    const std::string text(70'000, 'x');
    const std::string stream =
        frame(1, "out\n") + frame(2, "err\n") + frame(1, "") + frame(2, text) + frame(1, "end");
    for (const std::size_t piece : {1UL, 2UL, 7UL, 8UL, 9UL, 4096UL, stream.size()}) {
        CAPTURE(piece);
        std::string got;
        LogFrames frames([&got](std::string_view part) { got += part; });
        for (std::size_t at = 0; at < stream.size(); at += piece)
            frames.feed(stream.substr(at, piece));
        frames.finish();
        CHECK(got == "out\nerr\n" + text + "end");
    }
}

TEST_CASE("a log stream that is none is refused") {
    const struct {
        std::string stream, problem;
    } cases[] = {
        {"plain text", "no frame"},
        {std::string("\3\0\0\0\0\0\0\1x", 9), "no frame"},
        {std::string("\1\1\0\0\0\0\0\1x", 9), "no frame"},
        {std::string("\1\0\0\1\0\0\0\1x", 9), "no frame"},
        {std::string("\1\0\0\0", 4), "middle of a frame"},
        {std::string("\1\0\0\0\xff\xff\xff\xffx", 9), "middle of a frame"},
        {frame(1, "a") + "\1", "middle of a frame"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.stream);
        try {
            LogFrames frames([](std::string_view) {});
            frames.feed(c.stream);
            frames.finish();
            FAIL("taken");
        } catch (const BackendError& error) {
            CHECK(error.code() == Code::internal);
            CHECK(std::string(error.what()).find(c.problem) != std::string::npos);
        }
    }
}

}  // namespace
}  // namespace nexus::engine
