#include "backup/file_list.hpp"

#include "base/json.hpp"

namespace nexus::backup {
namespace {

constexpr std::size_t piece_bytes = 64U << 10U;

}  // namespace

void FileListWriter::add(const FileNote& note) {
    out_.write(to_line(note) + '\n');
}

bool FileListReader::next(FileNote& note) {
    ++line_;
    std::size_t end = text_.find('\n', begin_);
    while (end == std::string::npos) {
        const std::size_t seen = text_.size() - begin_;
        if (seen > max_note_bytes)
            throw json::Error("", "line " + std::to_string(line_) + " is too long");
        if (!fill()) {
            if (seen == 0) return false;
            throw json::Error("", "line " + std::to_string(line_) + " has no end");
        }
        end = text_.find('\n', begin_ + seen);
    }
    const auto line = std::string_view(text_).substr(begin_, end - begin_);
    begin_ = end + 1;
    try {
        note = parse_note(line);
    } catch (const json::Error& error) {
        throw json::Error(error.pointer(), "line " + std::to_string(line_) + ": " + error.what());
    }
    return true;
}

bool FileListReader::fill() {
    text_.erase(0, begin_);
    begin_ = 0;
    const std::size_t before = text_.size();
    text_.resize(before + piece_bytes);
    text_.resize(before + in_.read({text_.data() + before, piece_bytes}));
    return text_.size() > before;
}

}  // namespace nexus::backup
