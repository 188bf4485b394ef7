// Rows for people, in columns as wide as what stands in them. Threads: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nexus::cli {

class Table {
  public:
    explicit Table(std::vector<std::string> titles);

    // As many cells as there are titles. What they hold is made printable; an empty one is shown as
    // "-" where its column has a title.
    void add(std::vector<std::string> cells);
    // A line of its own beneath the row that was added last.
    void note(std::string_view text);

    std::string text() const;
    void print() const;

  private:
    struct Row {
        std::vector<std::string> cells;
        std::vector<std::string> notes;
    };
    std::vector<Row> rows_;  // the titles first
    std::vector<std::size_t> widths_;
};

}  // namespace nexus::cli
