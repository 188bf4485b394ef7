// How far long work is: one line of stderr that is rewritten where that is a terminal, and nothing
// at all elsewhere. Threads: one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nexus::cli {

class ProgressLine {
  public:
    ProgressLine();
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    // Replaces what stood there. `text` is made printable and cut to the width of the terminal.
    void show(std::string_view text);
    // Before anything else is printed: the line is empty again, for whoever writes next.
    void clear();

  private:
    const bool shown_;
    bool dirty_ = false;
};

// The beginning of a printable text that `columns` have room for, a column a character.
std::string fitting(std::string_view text, std::size_t columns);

// "1 blob", "2 blobs".
std::string counted(std::int64_t number, const std::string& noun);

// "713 B", "3.4 MB", "12 GB": powers of 1000, as disks are sold.
std::string shown_bytes(std::int64_t bytes);

}  // namespace nexus::cli
