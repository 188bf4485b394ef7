#include "docker/pull.hpp"

#include <algorithm>
#include <nexus/codec.hpp>
#include <optional>

#include "engine/only.hpp"

namespace nexus::docker {
namespace {

// An image has at most 127 layers; a stream that names more is not worth the memory.
constexpr std::size_t max_layers = 1024;

struct Progress {
    std::int64_t current = 0;
    std::int64_t total = 0;
};

template <typename Visit, codec::Is<Progress> T>
void members(Visit& visit, T& value) {
    visit("current", value.current);
    visit("total", value.total);
}

using ErrorDetail = engine::Only<"message", std::string>;

struct Line {
    std::string status;
    std::string id;
    Progress progress;
    std::optional<std::string> error;
    std::optional<ErrorDetail> detail;
};

template <typename Visit, codec::Is<Line> T>
void members(Visit& visit, T& value) {
    visit("status", value.status);
    visit("id", value.id);
    visit("progressDetail", value.progress);
    visit("error", value.error);
    visit("errorDetail", value.detail);
}

std::string megabytes(std::int64_t bytes) {
    constexpr std::int64_t tenth = 100'000;
    const std::int64_t tenths = bytes / tenth;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

// What came over the network never counts for more than an engine can mean.
std::int64_t bounded(std::int64_t bytes) {
    constexpr std::int64_t terabyte = 1'000'000'000'000;
    return std::clamp<std::int64_t>(bytes, 0, terabyte);
}

std::string sentence_of(const Line& line) {
    const bool detailed = line.detail && !line.detail->value.empty();
    return detailed ? line.detail->value : line.error.value_or("");
}

bool says_success(std::string_view status) {
    return status.starts_with("Status: Downloaded newer image for ") ||
           status.starts_with("Status: Image is up to date for ");
}

}  // namespace

void PullProgress::line(std::string_view json) {
    const auto line = codec::decode<Line>(json);
    if (line.error || line.detail) {
        fail(sentence_of(line));
        return;
    }
    if (says_success(line.status)) succeed();
    if (!line.id.empty()) {
        progress(line.id, line.status, line.progress.current, line.progress.total);
    }
}

void PullProgress::progress(const std::string& id, const std::string& status, std::int64_t current,
                            std::int64_t total) {
    // The first line has the tag for its id.
    if (status.starts_with("Pulling from ")) return;
    if (!layers_.contains(id) && layers_.size() >= max_layers) return;
    Layer& layer = layers_[id];
    if (status == "Downloading") {
        layer.current = bounded(current);
        layer.total = std::max(layer.total, bounded(total));
    }
    const bool loaded =
        status == "Download complete" || status == "Pull complete" || status == "Already exists";
    if (!loaded) return;
    layer.current = layer.total;
    layer.complete = status != "Download complete";
}

std::string PullProgress::summary() const {
    std::int64_t current = 0;
    std::int64_t total = 0;
    for (const auto& [id, layer] : layers_) {
        current += layer.current;
        total += layer.total;
    }
    const auto complete = std::count_if(layers_.begin(), layers_.end(),
                                        [](const auto& entry) { return entry.second.complete; });
    return std::to_string(complete) + " of " + std::to_string(layers_.size()) + " layers, " +
           megabytes(current) + " of " + megabytes(total) + " MB";
}

}  // namespace nexus::docker
