// An object of JSON of which one member counts, as a type: Only<"Config", std::vector<std::string>>
// is read from, and written as, {"Config": [...]}. Threads: as plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <nexus/codec.hpp>
#include <string_view>

namespace nexus::engine {

// The text of a literal, as a parameter of a template.
template <std::size_t size>
struct MemberName {
    // NOLINTNEXTLINE(google-explicit-constructor): a literal is to be one without more words
    consteval MemberName(const char (&literal)[size]) { std::copy_n(literal, size, text); }
    constexpr std::string_view view() const { return {text, size - 1}; }

    char text[size]{};
};

template <MemberName name, typename T>
struct Only {
    T value{};
};

template <typename Visit, MemberName name, typename T>
void members(Visit& visit, Only<name, T>& object) {
    visit(name.view(), object.value);
}

template <typename Visit, MemberName name, typename T>
void members(Visit& visit, const Only<name, T>& object) {
    visit(name.view(), object.value);
}

}  // namespace nexus::engine
