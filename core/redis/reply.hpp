// One answer of Redis: nothing, a whole number, text (simple or bulk, any bytes), an error, or an
// array of answers. The typed accessors throw where something else came: an error reply becomes the
// Error it stands for, any other type an Error of kind `protocol`. Threads: as a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace nexus::redis {

class Reply {
  public:
    using Array = std::vector<Reply>;
    enum class Type { nil, integer, text, error, array };

    Reply() = default;  // nil
    explicit Reply(std::int64_t number) : value_(number) {}
    explicit Reply(std::string text) : value_(std::move(text)) {}
    explicit Reply(Array elements) : value_(std::move(elements)) {}
    static Reply error(std::string line);

    Type type() const noexcept { return static_cast<Type>(value_.index()); }
    bool is_nil() const noexcept { return type() == Type::nil; }
    bool is_error() const noexcept { return type() == Type::error; }

    std::int64_t integer() const;
    const std::string& text() const&;
    std::string text() &&;
    const Array& array() const&;
    Array array() &&;

    // The whole line of an error reply; empty for every other type.
    std::string_view error_line() const noexcept;
    // Throws the Error that this reply is, and does nothing where it is none.
    void throw_if_error() const;

  private:
    friend class ReplyTree;
    struct ErrorLine {
        std::string line;
    };
    [[noreturn]] void throw_not(std::string_view wanted) const;

    std::variant<std::monostate, std::int64_t, std::string, ErrorLine, Array> value_;
};

std::string_view to_string(Reply::Type type) noexcept;

}  // namespace nexus::redis
