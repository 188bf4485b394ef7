#include "redis/reply_reader.hpp"

#include <hiredis/hiredis.h>

#include <new>
#include <string>

#include "redis/error.hpp"
#include "redis/reply_tree.hpp"

namespace nexus::redis {

void ReplyReader::Deleter::operator()(redisReader* reader) const noexcept {
    redisReaderFree(reader);
}

ReplyReader::ReplyReader(ReplyLimits limits)
    : limits_(limits),
      functions_(std::make_unique<redisReplyObjectFunctions>(ReplyTree::callbacks())),
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
