// RapidJSON, as this program uses it: bounded parsing, typed reading that names the place of an
// error, and writing. Threads: values and writers belong to one thread at a time.
#pragma once

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nexus::json {

using Value = rapidjson::Value;

// RapidJSON's own takes 64 KiB at once, which costs more than to read a job.
class Document : private std::unique_ptr<rapidjson::MemoryPoolAllocator<>>,
                 public rapidjson::Document {
    using Memory = std::unique_ptr<rapidjson::MemoryPoolAllocator<>>;
    static constexpr std::size_t chunk = 2048;

  public:
    Document()
        : Memory(std::make_unique<Memory::element_type>(chunk)),
          rapidjson::Document(Memory::get()) {}
};

// The text is not what it should be. `pointer` is the JSON pointer of the place, "" for the whole
// text.
class Error : public std::runtime_error {
  public:
    Error(std::string pointer, const std::string& problem);
    const std::string& pointer() const noexcept { return pointer_; }

  private:
    std::string pointer_;
};

struct Limits {
    std::size_t bytes;
    unsigned depth;  // nested arrays and objects
};

// Bounds for what this program itself wrote or its operator did; see jobs/job.hpp for the jobs'
// own.
inline constexpr Limits own_files{16U << 20U, 32};

// Parses one UTF-8 document. Size and depth are checked first, without recursion. Throws Error.
Document parse(std::string_view text, Limits limits);

std::string to_text(const Value& value);

// Appends one step to a JSON pointer, escaped.
std::string step(std::string_view pointer, std::string_view name);

// Typed reading of an object's members. A member that is missing or of another type throws Error
// with its pointer; `find` variants take a missing one, or null, for nothing.
class Reader {
  public:
    // Throws Error where `value` is no object. `value` must outlive the reader.
    explicit Reader(const Value& value, std::string pointer = "");

    bool has(std::string_view name) const { return find(name) != nullptr; }
    const Value* find(std::string_view name) const;
    std::string string(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    bool boolean(std::string_view name) const;
    std::optional<std::string> find_string(std::string_view name) const;
    std::optional<std::int64_t> find_integer(std::string_view name) const;
    std::optional<double> find_number(std::string_view name) const;
    std::optional<bool> find_boolean(std::string_view name) const;
    std::optional<Reader> find_object(std::string_view name) const;
    // Every member's value as a string; empty where the member is missing.
    std::map<std::string, std::string> strings(std::string_view name) const;
    std::string pointer(std::string_view name) const { return step(pointer_, name); }

  private:
    const Value& require(std::string_view name) const;
    const Value* value_;
    std::string pointer_;
};

// Writes one JSON text. Members are written in the order of the calls; a string that is not UTF-8
// is mended.
class Writer {
  public:
    Writer() : writer_(buffer_) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    Writer& begin_object();
    Writer& begin_object(std::string_view name) { return key(name).begin_object(); }
    Writer& end_object();
    Writer& begin_array();
    Writer& begin_array(std::string_view name) { return key(name).begin_array(); }
    Writer& end_array();
    Writer& key(std::string_view name);
    Writer& value(std::string_view text);
    Writer& value(const char* text) { return value(std::string_view(text)); }
    Writer& value(const std::string& text) { return value(std::string_view(text)); }
    Writer& value(std::int64_t number);
    Writer& value(int number) { return value(static_cast<std::int64_t>(number)); }
    Writer& value(double number);
    Writer& value(bool truth);
    Writer& null();
    Writer& raw(std::string_view json);  // a complete JSON value
    template <typename T>
    Writer& member(std::string_view name, const T& member_value) {
        return key(name).value(member_value);
    }
    // An object of strings.
    Writer& member(std::string_view name, const std::map<std::string, std::string>& strings);

    std::string text() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  private:
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

// Checks values against one JSON Schema (draft 4). Threads: `check` may be called from any, at
// once.
class Schema {
  public:
    // Throws std::logic_error where the text is no JSON: a schema is part of the program or of a
    // plugin.
    explicit Schema(std::string_view text);
    ~Schema();
    Schema(Schema&&) noexcept;
    Schema& operator=(Schema&&) noexcept;
    // Throws Error for the first place that does not fit, saying what is allowed there.
    void check(const Value& value, const std::string& pointer = "") const;

  private:
    struct Compiled;
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace nexus::json
