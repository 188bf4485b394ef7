#include "redis/command.hpp"

#include <hiredis/hiredis.h>

#include <memory>
#include <new>
#include <stdexcept>

namespace nexus::redis {
namespace {

struct CommandDeleter {
    void operator()(char* text) const noexcept { redisFreeCommand(text); }
};

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
    // hiredis 0.14 counts in int; this many bytes and their framing stay far below its end.
    constexpr std::size_t most_bytes = 512U << 20U;
    constexpr std::size_t most_words = 16U << 20U;
    if (words_.size() > most_bytes || ends_.size() > most_words)
        throw std::length_error("a command for Redis is beyond 512 MiB or 16 million words");

    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    words.reserve(ends_.size());
    lengths.reserve(ends_.size());
    for (std::size_t begin = 0; const std::size_t end : ends_) {
        words.push_back(words_.data() + begin);
        lengths.push_back(end - begin);
        begin = end;
    }
    char* text = nullptr;
    const auto length =
        redisFormatCommandArgv(&text, static_cast<int>(words.size()), words.data(), lengths.data());
    if (length < 0) throw std::bad_alloc();
    const std::unique_ptr<char, CommandDeleter> owner(text);
    buffer.append(text, static_cast<std::size_t>(length));
}

}  // namespace nexus::redis
