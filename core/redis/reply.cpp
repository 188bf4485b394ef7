#include "redis/reply.hpp"

#include "redis/error.hpp"

namespace nexus::redis {

Reply Reply::error(std::string line) {
    Reply reply;
    reply.value_ = ErrorLine{std::move(line)};
    return reply;
}

std::int64_t Reply::integer() const {
    const auto* number = std::get_if<std::int64_t>(&value_);
    if (number == nullptr) throw_not("a number");
    return *number;
}

const std::string& Reply::text() const& {
    const auto* text = std::get_if<std::string>(&value_);
    if (text == nullptr) throw_not("text");
    return *text;
}

std::string Reply::text() && {
    auto* text = std::get_if<std::string>(&value_);
    if (text == nullptr) throw_not("text");
    return std::move(*text);
}

const Reply::Array& Reply::array() const& {
    const auto* elements = std::get_if<Array>(&value_);
    if (elements == nullptr) throw_not("an array");
    return *elements;
}

Reply::Array Reply::array() && {
    auto* elements = std::get_if<Array>(&value_);
    if (elements == nullptr) throw_not("an array");
    return std::move(*elements);
}

std::string_view Reply::error_line() const noexcept {
    const auto* error = std::get_if<ErrorLine>(&value_);
    return error == nullptr ? std::string_view{} : error->line;
}

void Reply::throw_if_error() const {
    if (is_error()) throw error_from_reply(error_line());
}

void Reply::throw_not(std::string_view wanted) const {
    throw_if_error();
    throw Error(ErrorKind::protocol,
                std::string("Redis answered ").append(to_string(type())).append(" where ") +
                    std::string(wanted) + " was due; check that REDIS_URL leads to a Redis 7");
}

std::string_view to_string(Reply::Type type) noexcept {
    switch (type) {
        case Reply::Type::nil:
            return "nothing";
        case Reply::Type::integer:
            return "a number";
        case Reply::Type::text:
            return "text";
        case Reply::Type::error:
            return "an error";
        case Reply::Type::array:
            return "an array";
    }
    return "unknown";
}

}  // namespace nexus::redis
