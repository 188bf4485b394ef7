#include "backup/retention.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace nexus;
using namespace nexus::backup;
using config::BackupKeep;

namespace {

// "2026-11-26 02:15", with "!" in front where it is not verified and "acme:" where it is of one
// tenant.
RunAge age(std::string text) {
    RunAge run;
    run.verified = text[0] != '!';
    if (!run.verified) text.erase(0, 1);
    if (const auto colon = text.find(':'); colon < 10) {
        run.scope = text.substr(0, colon);
        text.erase(0, colon + 1);
    }
    run.id = run.scope + text;
    run.at = *parse_timestamp(text + ":00Z");
    return run;
}

std::vector<std::string> kept_of(const std::vector<std::string>& runs, BackupKeep keep) {
    std::vector<RunAge> ages;
    for (const auto& text : runs)
        ages.push_back(age(text));
    const auto ids = kept(ages, keep);
    std::reverse(ages.begin(), ages.end());
    CHECK(kept(ages, keep) == ids);  // whatever their order is
    return {ids.begin(), ids.end()};
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("the newest verified run of each of so many days, weeks and months is kept") {
    const struct {
        const char* what;
        Ids runs;
        BackupKeep keep;
        Ids expected;
    } rows[] = {
        {"nothing is there", {}, {7, 4, 6}, {}},
        {"the newest of a day, and days without a run are not counted",
         {"2026-11-20 02:15", "2026-11-24 02:15", "2026-11-26 02:15", "2026-11-26 14:00"},
         {2, 0, 0},
         {"2026-11-24 02:15", "2026-11-26 14:00"}},
        {"days are those of UTC",
         {"2026-11-25 00:00", "2026-11-25 23:59", "2026-11-26 00:00"},
         {2, 0, 0},
         {"2026-11-25 23:59", "2026-11-26 00:00"}},
        {"a week begins on Monday: 22 November 2026 is a Sunday",
         {"2026-11-15 02:15", "2026-11-16 02:15", "2026-11-22 02:15", "2026-11-23 02:15"},
         {0, 3, 0},
         {"2026-11-15 02:15", "2026-11-22 02:15", "2026-11-23 02:15"}},
        {"the week of New Year is one: 31 December 2026 is a Thursday",
         {"2026-12-28 02:15", "2026-12-31 02:15", "2027-01-01 02:15", "2027-01-03 02:15",
          "2027-01-04 02:15"},
         {0, 2, 0},
         {"2027-01-03 02:15", "2027-01-04 02:15"}},
        {"a week before 1970 begins on Monday too: 31 December 1969 is a Wednesday",
         {"1969-12-28 02:15", "1969-12-29 02:15", "1969-12-31 02:15", "1970-01-02 02:15"},
         {0, 2, 0},
         {"1969-12-28 02:15", "1970-01-02 02:15"}},
        {"months of two years are not one",
         {"2025-11-26 02:15", "2025-12-31 02:15", "2026-11-26 02:15"},
         {0, 0, 3},
         {"2025-11-26 02:15", "2025-12-31 02:15", "2026-11-26 02:15"}},
        {"29 February is of February",
         {"2028-02-28 02:15", "2028-02-29 02:15", "2028-03-01 02:15"},
         {0, 0, 2},
         {"2028-02-29 02:15", "2028-03-01 02:15"}},
        {"one run may be the newest of its day, week and month",
         {"2026-10-31 02:15", "2026-11-22 02:15", "2026-11-25 02:15", "2026-11-26 02:15"},
         {1, 2, 2},
         {"2026-10-31 02:15", "2026-11-22 02:15", "2026-11-26 02:15"}},
        {"a count beyond what is there keeps all",
         {"2026-11-25 02:15", "2026-11-26 02:15"},
         {3660, 0, 0},
         {"2026-11-25 02:15", "2026-11-26 02:15"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        CHECK(kept_of(row.runs, row.keep) == row.expected);
    }
}

TEST_CASE("only verified runs count, and the newest of them stays with all that are newer") {
    const struct {
        const char* what;
        Ids runs;
        BackupKeep keep;
        Ids expected;
    } rows[] = {
        {"runs that were never verified are all kept until one is",
         {"!2026-11-24 02:15", "!2026-11-25 02:15"},
         {1, 0, 0},
         {"2026-11-24 02:15", "2026-11-25 02:15"}},
        {"an older one that is not verified goes, and takes no place",
         {"2026-11-23 02:15", "!2026-11-24 02:15", "2026-11-25 02:15"},
         {2, 0, 0},
         {"2026-11-23 02:15", "2026-11-25 02:15"}},
        {"a verified one of a day comes before a newer one that is not",
         {"2026-11-25 02:15", "!2026-11-25 14:00", "2026-11-26 02:15", "!2026-11-26 14:00"},
         {2, 0, 0},
         {"2026-11-25 02:15", "2026-11-26 02:15", "2026-11-26 14:00"}},
        {"the newest verified one stays where nothing is to be kept",
         {"2026-11-24 02:15", "2026-11-25 02:15", "!2026-11-26 02:15"},
         {0, 0, 0},
         {"2026-11-25 02:15", "2026-11-26 02:15"}},
        {"each tenant that has runs of its own is counted by itself",
         {"2026-11-25 02:15", "2026-11-26 02:15", "acme:2026-11-24 09:00", "acme:2026-11-24 10:00",
          "beta:2026-11-01 09:00", "!beta:2026-11-26 09:00"},
         {1, 0, 0},
         {"2026-11-26 02:15", "acme2026-11-24 10:00", "beta2026-11-01 09:00",
          "beta2026-11-26 09:00"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        CHECK(kept_of(row.runs, row.keep) == row.expected);
    }
}

TEST_CASE("where the clock was set back the run that was made last is the newest") {
    std::vector<RunAge> runs = {age("2026-11-24 02:15"), age("2026-11-26 02:15"),
                                age("2026-11-26 02:16")};
    runs[2].at = age("2026-11-24 09:00").at;
    const auto ids = kept(runs, {0, 0, 0});
    CHECK(ids == std::set<std::string>{"2026-11-26 02:16"});
}
