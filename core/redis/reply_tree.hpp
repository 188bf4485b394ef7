// What hiredis' reader builds: a tree of our own values, within bounds. Threads: one at a time.
// Private to this folder: it shows hiredis.
#pragma once

#include <hiredis/hiredis.h>

#include <cstddef>

#include "redis/reply.hpp"
#include "redis/reply_reader.hpp"

namespace nexus::redis {

// hiredis sees it as its user data and calls back for each value. The callbacks come from C, so
// nothing may be thrown through them: nullptr makes the reader give up.
class ReplyTree {
  public:
    explicit ReplyTree(const ReplyLimits& limits) : limits_(limits) {}

    // For redisReaderCreateWithFunctions, with a ReplyTree* as `privdata`.
    static redisReplyObjectFunctions callbacks();

    void* add_text(const redisReadTask* task, const char* text, std::size_t size) noexcept;
    void* add_array(const redisReadTask* task, std::size_t count) noexcept;
    void* add_integer(const redisReadTask* task, long long number) noexcept;
    void* add_nil(const redisReadTask* task) noexcept;
    void* refuse(const char* problem) noexcept;

    // The whole tree, once the reader says that it is complete.
    Reply take();
    // Why a value was refused; nullptr where none was.
    const char* problem() const noexcept { return problem_; }

  private:
    template <typename Make>
    void* place(const redisReadTask* task, Make&& make) noexcept;

    ReplyLimits limits_;
    std::size_t values_ = 0;
    const char* problem_ = nullptr;
    Reply root_;
};

}  // namespace nexus::redis
