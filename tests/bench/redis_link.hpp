// A blocking connection straight on hiredis, as bare as it can be: what is measured is not our own
// client. Threads: one.
#pragma once

#include <hiredis/hiredis.h>

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::bench {

struct Free {
    void operator()(redisContext* context) const noexcept { redisFree(context); }
    void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, Free>;

[[noreturn]] inline void die(const std::string& why) {
    std::fprintf(stderr, "nexus-queue-bench: %s\n", why.c_str());
    std::exit(1);
}

inline std::string_view text(const redisReply& reply) {
    return reply.str == nullptr ? std::string_view() : std::string_view(reply.str, reply.len);
}

class Link {
  public:
    explicit Link(int port) : context_(redisConnect("127.0.0.1", port)) {
        if (!context_ || context_->err != 0) die("no Redis at port " + std::to_string(port));
    }

    // Adds a command to what the next `receive` sends.
    void send(const std::vector<std::string_view>& words) {
        starts_.clear();
        lengths_.clear();
        for (const auto word : words) {
            starts_.push_back(word.data());
            lengths_.push_back(word.size());
        }
        redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), starts_.data(),
                               lengths_.data());
    }

    // The answer to the oldest command that has none yet.
    Reply receive() {
        void* reply = nullptr;
        if (redisGetReply(context_.get(), &reply) != REDIS_OK)
            die(static_cast<const char*>(context_->errstr));
        Reply owned(static_cast<redisReply*>(reply));
        if (owned->type == REDIS_REPLY_ERROR) die(std::string(text(*owned)));
        return owned;
    }

    Reply call(const std::vector<std::string_view>& words) {
        send(words);
        return receive();
    }

  private:
    std::unique_ptr<redisContext, Free> context_;
    std::vector<const char*> starts_;
    std::vector<std::size_t> lengths_;
};

}  // namespace nexus::bench
