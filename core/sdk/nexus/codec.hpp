// JSON for structs that list their members once, for both directions. The boundary is made of it,
// and a plugin may use it for its configuration and its own files. A struct takes part by a
// function beside it:
//
//     template <typename Visit, nexus::codec::Is<Point> T>
//     void members(Visit& visit, T& point) {
//         visit("x", point.x);
//     }
//
// Members may be strings, 64-bit integers, booleans, such structs, and vectors, optionals and
// string-keyed maps of these; also enumerations with `to_string(E)` and an array `enumerators(E)`.
// An absent or null member keeps its default, an unknown one is ignored.
//
// Threads: a function may run in any; one Writer or Document belongs to one at a time.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace nexus::codec {

// The text is not what it should be; the message begins with the JSON pointer of the place.
class Malformed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Longer or deeper texts are malformed.
inline constexpr std::size_t max_bytes = 64U << 20U;
inline constexpr unsigned max_depth = 32;

template <typename T, typename S>
concept Is = std::same_as<std::remove_const_t<T>, S>;

template <typename E>
concept Enumeration = std::is_enum_v<E>;

class Writer {
  public:
    Writer();
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    template <typename T>
    void operator()(std::string_view name, const T& member) {
        key(name);
        write(member);
    }
    template <typename T>
    void operator()(std::string_view name, const std::optional<T>& member) {
        if (member) (*this)(name, *member);
    }

    // Bytes that are not UTF-8 become U+FFFD.
    void write(std::string_view text);
    void write(const std::string& text) { write(std::string_view(text)); }
    void write(std::int64_t number);
    void write(bool truth);
    template <Enumeration E>
    void write(E value) {
        write(std::string_view(to_string(value)));
    }
    template <typename T>
    void write(const std::vector<T>& values) {
        begin_array();
        for (const auto& value : values)
            write(value);
        end_array();
    }
    template <typename T>
    void write(const std::map<std::string, T>& values) {
        begin_object();
        for (const auto& [name, value] : values)
            (*this)(name, value);
        end_object();
    }
    template <typename T>
    requires std::is_class_v<T>
    void write(const T& value) {
        begin_object();
        members(*this, value);
        end_object();
    }

    std::string text() const;

  private:
    void key(std::string_view name);
    void begin_object();
    void end_object();
    void begin_array();
    void end_array();

    struct Buffer;
    std::unique_ptr<Buffer> buffer_;
};

// One value inside a Document, which must outlive it.
class Reader {
  public:
    template <typename T>
    void operator()(std::string_view name, T& member) const {
        if (const void* found = find(name)) Reader(found, this, name).read(member);
    }

    void read(std::string& text) const;
    void read(std::int64_t& number) const;
    void read(bool& truth) const;
    template <Enumeration E>
    void read(E& value) const {
        std::string text;
        read(text);
        for (const E candidate : enumerators(E{})) {
            if (to_string(candidate) != text) continue;
            value = candidate;
            return;
        }
        fail("is not a word that is known here");
    }
    template <typename T>
    void read(std::optional<T>& value) const {
        if (!is_null()) read(value.emplace());
    }
    template <typename T>
    void read(std::vector<T>& values) const {
        const std::size_t count = elements();
        values.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            Reader(element(i), this, i).read(values.emplace_back());
    }
    template <typename T>
    void read(std::map<std::string, T>& values) const {
        const std::size_t count = size();
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view name = name_of(i);
            Reader(value_of(i), this, name).read(values[std::string(name)]);
        }
    }
    template <typename T>
    requires std::is_class_v<T>
    void read(T& value) const {
        size();
        members(*this, value);
    }

  private:
    friend class Document;
    Reader(const void* value, const Reader* outer, std::string_view name)
        : value_(value), outer_(outer), name_(name) {}
    Reader(const void* value, const Reader* outer, std::size_t index)
        : value_(value), outer_(outer), index_(index) {}

    [[noreturn]] void fail(std::string_view problem) const;
    bool is_null() const;
    std::string place() const;
    const void* find(std::string_view name) const;  // nullptr: absent, or null
    std::size_t elements() const;                   // of an array
    const void* element(std::size_t index) const;
    std::size_t size() const;  // of an object
    std::string_view name_of(std::size_t index) const;
    const void* value_of(std::size_t index) const;

    const void* value_;
    const Reader* outer_;
    std::string_view name_;
    std::optional<std::size_t> index_;
};

// A text that has been parsed.
class Document {
  public:
    // Throws Malformed.
    explicit Document(std::string_view text);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    Reader root() const;

  private:
    struct Parsed;
    std::unique_ptr<Parsed> parsed_;
};

template <typename T>
std::string encode(const T& value) {
    Writer writer;
    writer.write(value);
    return writer.text();
}

// Throws Malformed.
template <typename T>
T decode(std::string_view text) {
    const Document document(text);
    T value{};
    document.root().read(value);
    return value;
}

}  // namespace nexus::codec
