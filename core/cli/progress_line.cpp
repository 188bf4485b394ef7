#include "cli/progress_line.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "base/utf8.hpp"
#include "cli/printable.hpp"

namespace nexus::cli {
namespace {

std::size_t columns_of_terminal() {
    constexpr std::size_t usual = 80;
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col : usual;
}

}  // namespace

ProgressLine::ProgressLine() : shown_(::isatty(STDERR_FILENO) != 0) {}

void ProgressLine::show(std::string_view text) {
    if (!shown_) return;
    // One column stays free: a line that fills the last one is wrapped, and then not rewritten.
    const auto line = fitting(printable(text), columns_of_terminal() - 1);
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    std::fflush(stderr);
    dirty_ = true;
}

void ProgressLine::clear() {
    if (dirty_) std::fprintf(stderr, "\r\033[K");
    dirty_ = false;
}

std::string fitting(std::string_view text, std::size_t columns) {
    std::size_t end = 0;
    for (std::size_t column = 0; column < columns && end < text.size(); ++column) {
        const auto length = utf8_sequence(text.substr(end));
        end += length == 0 ? 1 : length;
    }
    return std::string(text.substr(0, end));
}

std::string counted(std::int64_t number, const std::string& noun) {
    return std::to_string(number) + " " + noun + (number == 1 ? "" : "s");
}

std::string shown_bytes(std::int64_t bytes) {
    constexpr std::array units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    constexpr double step = 1000;
    constexpr double rounds_up = 999.5;  // shown as 1000 of a unit
    constexpr double two_digits = 9.95;  // from here on a fraction says nothing
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= rounds_up && unit + 1 < units.size(); ++unit)
        amount /= step;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit > 0 && amount < two_digits ? "%.1f %s" : "%.0f %s",
                  amount, units[unit]);
    return text.data();
}

}  // namespace nexus::cli
