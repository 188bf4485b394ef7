// Any bytes as Redis' answers, cut anywhere: replies within the limits, or one protocol error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "redis/error.hpp"
#include "redis/reply_reader.hpp"

namespace {

using nexus::redis::Reply;

constexpr nexus::redis::ReplyLimits limits{.bytes = 4096, .values = 64, .depth = 4};

std::size_t count_values(const Reply& reply, std::size_t depth) {
    if (reply.type() != Reply::Type::array) return 1;
    if (depth >= limits.depth) std::abort();
    std::size_t count = 1;
    for (const Reply& element : reply.array())
        count += count_values(element, depth + 1);
    return count;
}

void read_all(std::string_view bytes, std::size_t step) {
    nexus::redis::ReplyReader reader(limits);
    while (!bytes.empty()) {
        reader.feed(bytes.substr(0, step));
        bytes.remove_prefix(std::min(step, bytes.size()));
        while (const auto reply = reader.next()) {
            if (count_values(*reply, 0) > limits.values) std::abort();
            if (reply->is_error() && reply->error_line().size() > limits.bytes) std::abort();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        read_all(bytes, 1 + data[0]);
    } catch (const nexus::redis::Error& error) {
        if (error.kind() != nexus::redis::ErrorKind::protocol) std::abort();
    }
    return 0;
}
