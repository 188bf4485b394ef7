#include "base/timestamp.hpp"

namespace nexus {
namespace {

using std::chrono::milliseconds;

// Takes `digits` decimal digits off the front of `text`; nothing where they are not there.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<milliseconds> take_fraction(std::string_view& text) {
    if (!take_char(text, ".")) return milliseconds(0);
    int millis = 0;
    std::size_t digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
        if (digits < 3) millis = millis * 10 + (text.front() - '0');
        ++digits;
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    for (; digits < 3; ++digits)
        millis *= 10;
    return milliseconds(millis);
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (take_char(text, "Zz")) return std::chrono::minutes(0);
    const bool west = !text.empty() && text.front() == '-';
    if (!take_char(text, "+-")) return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take_char(text, ":")) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    const std::chrono::minutes offset(*hours * 60 + *minutes);
    return west ? -offset : offset;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
    const auto year = take_number(text, 4);
    if (!year || !take_char(text, "-")) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take_char(text, "-")) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> take_time(std::string_view& text) {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take_char(text, ":")) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take_char(text, ":")) return std::nullopt;
    const auto second = take_number(text, 2);
    if (!second || *second > 60) return std::nullopt;  // 60: a leap second, the next minute's first
    return std::chrono::seconds(*hour * 3600 + *minute * 60 + *second);
}

}  // namespace

WallTime wall_now() noexcept {
    return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

std::string format_timestamp(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::string text = "0000-00-00T00:00:00.000Z";
    const auto put = [&text](std::size_t at, std::size_t digits, auto value) {
        for (auto left = static_cast<unsigned>(value); digits > 0; left /= 10)
            text[at + --digits] = static_cast<char>('0' + left % 10);
    };
    put(0, 4, static_cast<int>(date.year()));
    put(5, 2, static_cast<unsigned>(date.month()));
    put(8, 2, static_cast<unsigned>(date.day()));
    put(11, 2, clock.hours().count());
    put(14, 2, clock.minutes().count());
    put(17, 2, clock.seconds().count());
    put(20, 3, clock.subseconds().count());
    return text;
}

std::optional<WallTime> parse_timestamp(std::string_view text) {
    const auto date = take_date(text);
    if (!date || !take_char(text, "Tt ")) return std::nullopt;
    const auto time = take_time(text);
    if (!time) return std::nullopt;
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return WallTime(*date + *time + *fraction - *offset);
}

}  // namespace nexus
