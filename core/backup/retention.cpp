#include "backup/retention.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <vector>

namespace nexus::backup {
namespace {

int day_of(WallTime time) {
    return static_cast<int>(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

// As the day of its Monday.
int week_of(WallTime time) {
    const std::chrono::weekday weekday(std::chrono::floor<std::chrono::days>(time));
    return day_of(time) - static_cast<int>((weekday - std::chrono::Monday).count());
}

int month_of(WallTime time) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
    constexpr int months = 12;
    return static_cast<int>(date.year()) * months + static_cast<int>(unsigned(date.month()));
}

using Runs = std::vector<const RunAge*>;

// The newest run of each of the newest `count` periods that have one. `runs`: newest first.
void keep_periods(const Runs& runs, int (*period_of)(WallTime), int count,
                  std::set<std::string>& result) {
    std::set<int> seen;
    for (const auto* run : runs) {
        if (static_cast<int>(seen.size()) == count) return;
        if (seen.insert(period_of(run->at)).second) result.insert(run->id);
    }
}

// `runs`: all of one scope, newest first.
void keep_scope(const Runs& runs, const config::BackupKeep& keep, std::set<std::string>& result) {
    const auto is_verified = [](const RunAge* run) { return run->verified; };
    const auto newest = std::find_if(runs.begin(), runs.end(), is_verified);
    for (auto run = runs.begin(); run != newest; ++run)
        result.insert((*run)->id);
    if (newest == runs.end()) return;
    result.insert((*newest)->id);
    Runs verified;
    std::copy_if(newest, runs.end(), std::back_inserter(verified), is_verified);
    keep_periods(verified, day_of, keep.days, result);
    keep_periods(verified, week_of, keep.weeks, result);
    keep_periods(verified, month_of, keep.months, result);
}

}  // namespace

std::set<std::string> kept(const std::vector<RunAge>& runs, const config::BackupKeep& keep) {
    std::map<std::string, Runs> scopes;
    for (const auto& run : runs)
        scopes[run.scope].push_back(&run);
    std::set<std::string> result;
    for (auto& [scope, of_scope] : scopes) {
        std::sort(of_scope.begin(), of_scope.end(),
                  [](const RunAge* a, const RunAge* b) { return a->id > b->id; });
        keep_scope(of_scope, keep, result);
    }
    return result;
}

}  // namespace nexus::backup
