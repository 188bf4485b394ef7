#include "engine/log_frames.hpp"

#include <algorithm>
#include <nexus/backend.hpp>

namespace nexus::engine {
namespace {

[[noreturn]] void malformed(const char* problem) {
    throw BackendError(Code::internal, std::string("the engine's log stream ") + problem, false);
}

bool is_head(const std::array<unsigned char, 8>& head) {
    constexpr unsigned char last_stream = 2;
    return head[0] <= last_stream && head[1] == 0 && head[2] == 0 && head[3] == 0;
}

std::uint32_t length_in(const std::array<unsigned char, 8>& head) {
    std::uint32_t length = 0;
    for (std::size_t i = 4; i < head.size(); ++i)
        length = (length << 8U) | head[i];
    return length;
}

}  // namespace

void LogFrames::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (text_left_ == 0) {
            bytes = take_head(bytes);
            continue;
        }
        const std::string_view text = bytes.substr(0, text_left_);
        text_left_ -= static_cast<std::uint32_t>(text.size());
        bytes.remove_prefix(text.size());
        consume_(text);
    }
}

void LogFrames::finish() const {
    if (text_left_ > 0 || head_bytes_ > 0) malformed("ends in the middle of a frame");
}

std::string_view LogFrames::take_head(std::string_view bytes) {
    const std::size_t count = std::min(bytes.size(), head_.size() - head_bytes_);
    std::copy_n(bytes.begin(), count, head_.begin() + static_cast<std::ptrdiff_t>(head_bytes_));
    head_bytes_ += count;
    if (head_bytes_ == head_.size()) {
        if (!is_head(head_)) malformed("holds something that is no frame");
        text_left_ = length_in(head_);
        head_bytes_ = 0;
    }
    return bytes.substr(count);
}

}  // namespace nexus::engine
