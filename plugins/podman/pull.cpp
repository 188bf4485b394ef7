#include "podman/pull.hpp"

#include <nexus/codec.hpp>

#include "archive/text.hpp"

namespace nexus::podman {
namespace {

// An image has at most 127 layers; a stream that names more is not worth the memory.
constexpr std::size_t max_blobs = 1024;

struct Line {
    std::string text;
    std::optional<std::string> error;
    std::string id;
};

template <typename Visit, codec::Is<Line> T>
void members(Visit& visit, T& value) {
    visit("stream", value.text);
    visit("error", value.error);
    visit("id", value.id);
}

}  // namespace

void PullProgress::line(std::string_view json) {
    const auto line = codec::decode<Line>(json);
    if (line.error) fail(*line.error);
    if (!line.id.empty()) succeed();
    constexpr std::string_view copying = "Copying blob ";
    if (!line.text.starts_with(copying) || blobs_.size() >= max_blobs) return;
    const std::string rest =
        archive::short_text(std::string_view(line.text).substr(copying.size()));
    blobs_.insert(rest.substr(0, rest.find(' ')));
}

std::string PullProgress::summary() const {
    return std::to_string(blobs_.size()) + (blobs_.size() == 1 ? " blob" : " blobs");
}

}  // namespace nexus::podman
