#include "oracle.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace nexus::faults {
namespace {

// The place of each job in the intake; that of its first entry where it was added twice.
using Places = std::map<std::string, std::size_t>;

Places places_of(const std::vector<PlannedJob>& jobs) {
    Places places;
    for (std::size_t i = 0; i < jobs.size(); ++i)
        places.try_emplace(jobs[i].id, i);
    return places;
}

void count_results(const Evidence& evidence, const Places& places, Verdict& verdict) {
    std::map<std::string, int> seen;
    for (const auto& result : evidence.results) {
        if (places.count(result.job) == 0) {
            verdict.add_wrong("a result of " + result.job + ", which nobody added");
        } else if (++seen[result.job] > 1) {
            ++verdict.doubled;
            verdict.findings.push_back("a second result of " + result.job);
        }
    }
    for (const auto& [job, place] : places) {
        if (seen.count(job) > 0 || evidence.may_be_lost.count(job) > 0) continue;
        ++verdict.lost;
        verdict.findings.push_back(job + " (" + evidence.jobs[place].action + " " +
                                   evidence.jobs[place].tenant + ") has no result");
    }
    verdict.jobs = places.size();
    verdict.results = seen.size();
}

// An operation of a job, and the object that it changed.
using Deeds = std::map<std::tuple<std::string, std::string, std::string>, int>;

// A runtime that comes back from aside is another container than the one that had its name before.
void forget_namesake(const Effect& effect, Deeds& seen) {
    const std::string aside = "tenant_" + effect.tenant + "_previous";
    if (effect.op != "rename" || effect.object != aside) return;
    const std::string runtime = "tenant_" + effect.tenant + "_runtime";
    for (const char* op : {"stop", "rename", "remove", "ensure_container", "start"})
        seen.erase({effect.job, op, runtime});
}

void count_effects(const std::vector<Effect>& effects, Verdict& verdict) {
    Deeds seen;
    for (const auto& effect : effects) {
        forget_namesake(effect, seen);
        // A backup that is tried again holds the runtime again.
        const bool held = effect.op == "pause" || effect.op == "unpause";
        if (effect.tenant.empty() || held) continue;
        if (++seen[{effect.job, effect.op, effect.object}] == 1) continue;
        ++verdict.doubled;
        verdict.findings.push_back(effect.job + " did " + effect.op + " on " + effect.object +
                                   " twice");
    }
}

// `step` is something that a job did; it must not come after a step of a later job of its tenant.
class Order {
  public:
    Order(const Places& places, std::string what, Verdict& verdict)
        : places_(places), what_(std::move(what)), verdict_(verdict) {}

    void step(const std::string& tenant, const std::string& job) {
        const auto place = places_.find(job);
        if (place == places_.end()) return;
        auto& [latest, by] = latest_[tenant];
        if (place->second < latest) {
            ++verdict_.inversions;
            verdict_.findings.push_back(tenant + ": " + job + " " + what_ + " after " + by);
        } else {
            latest = place->second;
            by = job;
        }
    }

  private:
    const Places& places_;
    std::string what_;
    Verdict& verdict_;
    std::map<std::string, std::pair<std::size_t, std::string>> latest_;
};

void check_order(const Evidence& evidence, const Places& places, Verdict& verdict) {
    Order begun(places, "began an operation", verdict);
    for (const auto& line : evidence.journal)
        begun.step(line.tenant, line.job);
    Order ended(places, "ended", verdict);
    for (const auto& result : evidence.results) {
        const auto place = places.find(result.job);
        if (place != places.end()) ended.step(evidence.jobs[place->second].tenant, result.job);
    }
}

}  // namespace

void Verdict::add_wrong(std::string finding) {
    ++wrong;
    findings.push_back(std::move(finding));
}

void Verdict::add(const Verdict& other) {
    jobs += other.jobs;
    results += other.results;
    lost += other.lost;
    doubled += other.doubled;
    inversions += other.inversions;
    wrong += other.wrong;
    poisoned += other.poisoned;
    findings.insert(findings.end(), other.findings.begin(), other.findings.end());
}

Verdict judge(const Evidence& evidence) {
    Verdict verdict;
    const auto places = places_of(evidence.jobs);
    count_results(evidence, places, verdict);
    count_effects(evidence.effects, verdict);
    check_order(evidence, places, verdict);
    follow_tenants(evidence, verdict);
    return verdict;
}

}  // namespace nexus::faults
