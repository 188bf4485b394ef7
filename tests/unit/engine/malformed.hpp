// What every parser of an engine's answers must refuse. Threads: one at a time.
#pragma once

#include <doctest/doctest.h>

#include <nexus/codec.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::engine {

struct MalformedCase {
    const char* what;
    void (*parse)(std::string_view text);
    std::vector<std::string> texts;
};

// Each text, and what is no answer at all, must throw codec::Malformed.
inline void check_malformed(std::span<const MalformedCase> cases) {
    for (const auto& c : cases) {
        CAPTURE(c.what);
        std::vector<std::string> texts = c.texts;
        texts.insert(texts.end(), {"", "nonsense", "{", "7", "\"x\"", "\xff"});
        for (const auto& text : texts) {
            CAPTURE(text);
            CHECK_THROWS_AS(c.parse(text), codec::Malformed);
        }
    }
}

}  // namespace nexus::engine
