// Says of a run what it lost, doubled or did out of order, from what it left behind. Pure
// functions; threads: any.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "records.hpp"
#include "workload.hpp"

namespace nexus::faults {

struct Evidence {
    std::vector<PlannedJob> jobs;  // that were accepted, in the order of the intake
    std::vector<Result> results;   // in the order of their stream
    std::vector<Begun> journal;
    std::vector<Effect> effects;
    EngineState engine;
    std::set<std::string> placed;  // tenants that have a node by Redis

    std::set<std::string> may_be_lost;  // jobs
    std::set<std::string> excusable;    // codes with which a job may fail by what was done to it
    std::vector<WallTime> kills;        // three in the course of a job make it a poison one
};

// How often something was seen that must not be, and a sentence for each.
struct Verdict {
    std::size_t jobs = 0;
    std::size_t results = 0;
    std::size_t lost = 0;     // an accepted job without a result
    std::size_t doubled = 0;  // a second result, or a second effect of one job on one object
    std::size_t inversions =
        0;                  // a job that went on, or ended, after a later one of its tenant began
    std::size_t wrong = 0;  // an outcome or a final state that does not follow from the jobs
    std::size_t poisoned = 0;  // rightly: the runner died three times in the course of the job
    std::vector<std::string> findings;

    bool clean() const noexcept { return lost + doubled + inversions + wrong == 0; }
    // One more that is wrong.
    void add_wrong(std::string finding);
    // Both together.
    void add(const Verdict& other);
};

Verdict judge(const Evidence& evidence);

// The part of it that follows each tenant from job to job; used by judge.
void follow_tenants(const Evidence& evidence, Verdict& verdict);

}  // namespace nexus::faults
