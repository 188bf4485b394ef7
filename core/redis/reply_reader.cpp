#include "redis/reply_reader.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "redis/error.hpp"

namespace nexus::redis {

// The reply that is being built. hiredis sees it as its user data and calls back for each value;
// the callbacks come from C, so nothing may be thrown through them: nullptr makes the reader give
// up.
class ReplyTree {
  public:
    explicit ReplyTree(const ReplyLimits& limits) : limits_(limits) {}

    static ReplyTree& of(const redisReadTask* task) {
        return *static_cast<ReplyTree*>(task->privdata);
    }

    void* add_text(const redisReadTask* task, const char* text, std::size_t size) noexcept {
        switch (task->type) {
            case REDIS_REPLY_STRING:
            case REDIS_REPLY_STATUS:
                return place(task, [&] { return Reply(std::string(text, size)); });
            case REDIS_REPLY_ERROR:
                return place(task, [&] { return Reply::error(std::string(text, size)); });
            default:
                return refuse("a type that RESP2 does not have");
        }
    }

    void* add_array(const redisReadTask* task, std::size_t count) noexcept {
        if (task->type != REDIS_REPLY_ARRAY) return refuse("a type that RESP2 does not have");
        if (count > limits_.values) return refuse("an array of too many elements");
        if (depth_of(task) > limits_.depth) return refuse("arrays nested too deeply");
        return place(task, [&] {
            // The count is only a claim: room for all of it is made as the elements come.
            constexpr std::size_t most_at_once = 1024;
            Reply::Array elements;
            elements.reserve(std::min(count, most_at_once));
            return Reply(std::move(elements));
        });
    }

    void* add_integer(const redisReadTask* task, long long number) noexcept {
        return place(task, [&] { return Reply(static_cast<std::int64_t>(number)); });
    }

    void* add_nil(const redisReadTask* task) noexcept {
        return place(task, [] { return Reply(); });
    }

    void* refuse(const char* problem) noexcept {
        problem_ = problem;
        return nullptr;
    }

    Reply take() {
        values_ = 0;
        return std::exchange(root_, Reply());
    }

    const char* problem() const noexcept { return problem_; }

  private:
    static std::size_t depth_of(const redisReadTask* task) noexcept {
        std::size_t depth = 1;
        for (const auto* up = task->parent; up != nullptr; up = up->parent)
            ++depth;
        return depth;
    }

    template <typename Make>
    void* place(const redisReadTask* task, Make&& make) noexcept {
        if (++values_ > limits_.values) return refuse("too many values");
        try {
            if (task->parent == nullptr) {
                root_ = make();
                return &root_;
            }
            // An element stays where it is while it is filled: its next sibling comes only then.
            auto& parent = *static_cast<Reply*>(task->parent->obj);
            return &std::get<Reply::Array>(parent.value_).emplace_back(make());
        } catch (const std::bad_alloc&) {
            return refuse("more than memory holds");
        }
    }

    ReplyLimits limits_;
    std::size_t values_ = 0;
    const char* problem_ = nullptr;
    Reply root_;
};

namespace {

// hiredis 0.14 counts elements in int, 1.x in size_t.
template <typename Count>
void* create_array(const redisReadTask* task, Count count) {
    return ReplyTree::of(task).add_array(task, static_cast<std::size_t>(count));
}

// hiredis 1.x reads RESP3 too. Where a callback is missing, it hands out a small number as if it
// were an object, so every one it has is set.
template <typename Functions>
void refuse_resp3(Functions& functions) {
    if constexpr (requires { functions.createDouble; }) {
        functions.createDouble = [](const redisReadTask* task, double, char*, std::size_t) {
            return ReplyTree::of(task).refuse("a type that RESP2 does not have");
        };
        functions.createBool = [](const redisReadTask* task, int) {
            return ReplyTree::of(task).refuse("a type that RESP2 does not have");
        };
    }
}

redisReplyObjectFunctions make_functions() {
    redisReplyObjectFunctions functions{};
    functions.createString = [](const redisReadTask* task, char* text, std::size_t size) {
        return ReplyTree::of(task).add_text(task, text, size);
    };
    functions.createArray = create_array;
    functions.createInteger = [](const redisReadTask* task, long long number) {
        return ReplyTree::of(task).add_integer(task, number);
    };
    functions.createNil = [](const redisReadTask* task) {
        return ReplyTree::of(task).add_nil(task);
    };
    functions.freeObject = [](void*) {};  // the tree owns every value
    refuse_resp3(functions);
    return functions;
}

}  // namespace

void ReplyReader::Deleter::operator()(redisReader* reader) const noexcept {
    redisReaderFree(reader);
}

ReplyReader::ReplyReader(ReplyLimits limits)
    : limits_(limits),
      functions_(std::make_unique<redisReplyObjectFunctions>(make_functions())),
      tree_(std::make_unique<ReplyTree>(limits)),
      reader_(redisReaderCreateWithFunctions(functions_.get())) {
    if (reader_ == nullptr) throw std::bad_alloc();
    // An empty buffer up to this size is kept: one receive fits without making it anew.
    constexpr std::size_t keep = 256U << 10U;
    reader_->maxbuf = keep;
    reader_->privdata = tree_.get();
}

ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(std::string_view bytes) {
    pending_bytes_ += bytes.size();
    if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK)
        throw Error(ErrorKind::protocol, std::string("Redis' answer cannot be read: ") +
                                             static_cast<const char*>(reader_->errstr));
}

std::optional<Reply> ReplyReader::next() {
    void* reply = nullptr;
    if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
        const char* problem = tree_->problem();
        throw Error(ErrorKind::protocol,
                    std::string("Redis' answer cannot be read: ") +
                        (problem != nullptr ? problem : static_cast<const char*>(reader_->errstr)));
    }
    if (reply != nullptr) {
        pending_bytes_ = reader_->len - reader_->pos;
        return tree_->take();
    }
    if (pending_bytes_ > limits_.bytes)
        throw Error(ErrorKind::protocol,
                    "Redis' answer is longer than " + std::to_string(limits_.bytes) + " bytes");
    return std::nullopt;
}

bool ReplyReader::idle() const noexcept {
    return pending_bytes_ == 0;
}

}  // namespace nexus::redis
