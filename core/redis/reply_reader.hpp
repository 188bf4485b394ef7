// Bytes to replies: hiredis' reader with bounds, building our own values. Threads: one at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "redis/reply.hpp"

struct redisReader;
struct redisReplyObjectFunctions;

namespace nexus::redis {

// Of one reply. A hostile server can make this program hold no more than these.
struct ReplyLimits {
    std::size_t bytes = 64U << 20U;  // as they come over the wire
    std::size_t values = 1U << 20U;  // all in all, nested ones too
    std::size_t depth = 8;           // arrays within arrays; hiredis 0.14 itself ends there
};

class ReplyTree;

class ReplyReader {
  public:
    explicit ReplyReader(ReplyLimits limits = {});
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;
    ~ReplyReader();

    void feed(std::string_view bytes);
    // The next whole reply, or nothing until more is fed. Throws Error of kind `protocol` for what
    // is not RESP2 or beyond the limits; the reader is of no use after that.
    std::optional<Reply> next();
    // No byte of a further reply has come.
    bool idle() const noexcept;

  private:
    struct Deleter {
        void operator()(redisReader* reader) const noexcept;
    };
    ReplyLimits limits_;
    std::size_t pending_bytes_ = 0;  // fed since the last whole reply
    std::unique_ptr<redisReplyObjectFunctions> functions_;
    std::unique_ptr<ReplyTree> tree_;
    std::unique_ptr<redisReader, Deleter> reader_;
};

}  // namespace nexus::redis
