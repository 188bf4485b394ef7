#include "redis/command.hpp"

#include <stdexcept>

namespace nexus::redis {
namespace {

void append_line(std::string& buffer, char type, std::size_t number) {
    buffer.append(1, type).append(std::to_string(number)).append("\r\n");
}

}  // namespace

Command& Command::add(std::string_view word) {
    words_.append(word);
    ends_.push_back(words_.size());
    return *this;
}

std::string_view Command::word(std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_.at(index - 1);
    return std::string_view(words_).substr(begin, ends_.at(index) - begin);
}

void Command::append_to(std::string& buffer) const {
    constexpr std::size_t most_bytes = 512U << 20U;
    constexpr std::size_t most_words = 16U << 20U;
    if (words_.size() > most_bytes || ends_.size() > most_words)
        throw std::length_error("a command for Redis is beyond 512 MiB or 16 million words");

    append_line(buffer, '*', ends_.size());
    for (std::size_t begin = 0; const std::size_t end : ends_) {
        append_line(buffer, '$', end - begin);
        buffer.append(words_, begin, end - begin).append("\r\n");
        begin = end;
    }
}

}  // namespace nexus::redis
