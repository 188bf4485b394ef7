#include "redis/reply_tree.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace nexus::redis {
namespace {

constexpr const char* not_resp2 = "a type that RESP2 does not have";

ReplyTree& tree_of(const redisReadTask* task) {
    return *static_cast<ReplyTree*>(task->privdata);
}

std::size_t depth_of(const redisReadTask* task) noexcept {
    std::size_t depth = 1;
    for (const auto* up = task->parent; up != nullptr; up = up->parent)
        ++depth;
    return depth;
}

// hiredis 0.14 counts elements in int, 1.x in size_t.
template <typename Count>
void* create_array(const redisReadTask* task, Count count) {
    return tree_of(task).add_array(task, static_cast<std::size_t>(count));
}

// hiredis 1.x reads RESP3 too. Where a callback is missing, it hands out a small number as if it
// were an object, so every one it has is set.
template <typename Functions>
void refuse_resp3(Functions& functions) {
    if constexpr (requires { functions.createDouble; }) {
        functions.createDouble = [](const redisReadTask* task, double, char*, std::size_t) {
            return tree_of(task).refuse(not_resp2);
        };
        functions.createBool = [](const redisReadTask* task, int) {
            return tree_of(task).refuse(not_resp2);
        };
    }
}

}  // namespace

redisReplyObjectFunctions ReplyTree::callbacks() {
    redisReplyObjectFunctions functions{};
    functions.createString = [](const redisReadTask* task, char* text, std::size_t size) {
        return tree_of(task).add_text(task, text, size);
    };
    functions.createArray = create_array;
    functions.createInteger = [](const redisReadTask* task, long long number) {
        return tree_of(task).add_integer(task, number);
    };
    functions.createNil = [](const redisReadTask* task) { return tree_of(task).add_nil(task); };
    functions.freeObject = [](void*) {};  // the tree owns every value
    refuse_resp3(functions);
    return functions;
}

void* ReplyTree::add_text(const redisReadTask* task, const char* text, std::size_t size) noexcept {
    switch (task->type) {
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            return place(task, [&] { return Reply(std::string(text, size)); });
        case REDIS_REPLY_ERROR:
            return place(task, [&] { return Reply::error(std::string(text, size)); });
        default:
            return refuse(not_resp2);
    }
}

void* ReplyTree::add_array(const redisReadTask* task, std::size_t count) noexcept {
    if (task->type != REDIS_REPLY_ARRAY) return refuse(not_resp2);
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

void* ReplyTree::add_integer(const redisReadTask* task, long long number) noexcept {
    return place(task, [&] { return Reply(static_cast<std::int64_t>(number)); });
}

void* ReplyTree::add_nil(const redisReadTask* task) noexcept {
    return place(task, [] { return Reply(); });
}

void* ReplyTree::refuse(const char* problem) noexcept {
    problem_ = problem;
    return nullptr;
}

Reply ReplyTree::take() {
    values_ = 0;
    return std::exchange(root_, Reply());
}

template <typename Make>
void* ReplyTree::place(const redisReadTask* task, Make&& make) noexcept {
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

}  // namespace nexus::redis
