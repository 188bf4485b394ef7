// Any bytes as the stream of a pull: progress, or one error, and the same wherever the stream is
// cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nexus/backend.hpp>
#include <nexus/codec.hpp>
#include <string>
#include <string_view>

#include "docker/pull.hpp"
#include "engine/line_splitter.hpp"

namespace {

constexpr std::size_t max_sentence = 512;

std::string read_in_pieces(std::string_view stream, std::size_t step) {
    nexus::docker::PullProgress progress;
    std::string problem;
    try {
        nexus::engine::LineSplitter lines([&](std::string_view line) { progress.line(line); });
        for (; !stream.empty(); stream.remove_prefix(std::min(step, stream.size())))
            lines.feed(stream.substr(0, step));
        lines.finish();
    } catch (const nexus::codec::Malformed&) {
        problem = "malformed";
    }
    if (progress.succeeded() && progress.error()) std::abort();
    const std::string sentence = progress.error().value_or("none");
    if (sentence.empty() || sentence.size() > max_sentence) std::abort();
    return problem + "\n" + sentence + "\n" + progress.summary() +
           (progress.succeeded() ? "\ndone" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (read_in_pieces(stream, 1U + data[0]) != read_in_pieces(stream, stream.size())) std::abort();
    return 0;
}
