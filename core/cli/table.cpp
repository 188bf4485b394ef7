#include "cli/table.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/printable.hpp"

namespace nexus::cli {
namespace {

constexpr std::size_t gap = 2;

// In characters, which most terminals show as one column each.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

}  // namespace

Table::Table(std::vector<std::string> titles) : widths_(titles.size(), 0) {
    for (std::size_t i = 0; i < titles.size(); ++i)
        widths_[i] = width_of(titles[i]);
    rows_.push_back({std::move(titles), {}});
}

void Table::add(std::vector<std::string> cells) {
    cells.resize(widths_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool untitled = rows_.front().cells[i].empty();
        cells[i] = cells[i].empty() && !untitled ? "-" : printable(cells[i]);
        widths_[i] = std::max(widths_[i], width_of(cells[i]));
    }
    rows_.push_back({std::move(cells), {}});
}

void Table::note(std::string_view text) {
    rows_.back().notes.push_back(printable(text));
}

std::string Table::text() const {
    std::string text;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            line += row.cells[i];
            line.append(widths_[i] + gap - width_of(row.cells[i]), ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
        for (const auto& note : row.notes)
            text += "    " + note + '\n';
    }
    return text;
}

void Table::print() const {
    std::fputs(text().c_str(), stdout);
    std::fflush(stdout);
}

}  // namespace nexus::cli
