#include "engine/line_splitter.hpp"

#include <nexus/backend.hpp>

namespace nexus::engine {

void LineSplitter::feed(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        if (begun_.empty()) {
            line(bytes.substr(0, end));
        } else {
            begun_ += bytes.substr(0, end);
            line(begun_);
            begun_.clear();
        }
        bytes.remove_prefix(end + 1);
    }
    if (bytes.size() > max_line - begun_.size()) {
        throw BackendError(
            Code::internal,
            "the engine sent a line of more than " + std::to_string(max_line) + " bytes", false);
    }
    begun_ += bytes;
}

void LineSplitter::finish() {
    line(begun_);
    begun_.clear();
}

void LineSplitter::line(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!text.empty()) consume_(text);
}

}  // namespace nexus::engine
