// Any bytes as a container's log stream: its text, or one error, and the same wherever the stream
// is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>

#include "engine/log_frames.hpp"

namespace {

struct Outcome {
    std::string text;
    std::string error;
    bool operator==(const Outcome&) const = default;
};

Outcome read_in_pieces(std::string_view stream, std::size_t step) {
    Outcome outcome;
    try {
        nexus::engine::LogFrames frames([&](std::string_view text) { outcome.text += text; });
        for (; !stream.empty(); stream.remove_prefix(std::min(step, stream.size())))
            frames.feed(stream.substr(0, step));
        frames.finish();
    } catch (const nexus::BackendError& error) {
        if (error.code() != nexus::Code::internal) std::abort();
        outcome.error = error.what();
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Outcome whole = read_in_pieces(stream, stream.size());
    if (whole.text.size() > stream.size()) std::abort();
    if (read_in_pieces(stream, 1U + data[0]) != whole) std::abort();
    return 0;
}
