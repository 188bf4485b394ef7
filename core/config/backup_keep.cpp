#include "config/backup_keep.hpp"

#include <set>
#include <string>

#include "config/characters.hpp"

namespace nexus::config {
namespace {

int* member_of(BackupKeep& keep, char unit) {
    if (unit == 'd') return &keep.days;
    if (unit == 'w') return &keep.weeks;
    if (unit == 'm') return &keep.months;
    return nullptr;
}

}  // namespace

Parsed<BackupKeep> parse_backup_keep(std::string_view text) {
    constexpr std::int64_t most = 3660;
    const std::string problem =
        "must be counts of days, weeks and months, each at most once and one of them above 0; "
        "write it like 7d 4w 6m";
    BackupKeep keep;
    std::set<char> seen;
    for (const auto part : split(trim(text), ' ')) {
        if (part.empty()) continue;
        int* member = member_of(keep, part.back());
        const auto number = parse_digits(part.substr(0, part.size() - 1));
        if (member == nullptr || !number || *number > most) return problem;
        if (!seen.insert(part.back()).second) return problem;
        *member = static_cast<int>(*number);
    }
    if (keep == BackupKeep{}) return problem;
    return keep;
}

}  // namespace nexus::config
