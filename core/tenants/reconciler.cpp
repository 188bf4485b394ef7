#include "tenants/reconciler.hpp"

#include <utility>

#include "tenants/runtime_spec.hpp"

namespace nexus::tenants {

Reconciler::Reconciler(Parts parts, const config::Settings& settings, Log& log, Jobs jobs,
                       Repair::Outside outside, Options options)
    : backend_(parts.backend),
      roster_(parts.roster),
      repair_(parts.repair),
      book_(parts.book),
      loops_(parts.loops),
      ended_(parts.ended),
      settings_(settings),
      log_(log),
      jobs_(std::move(jobs)),
      outside_(std::move(outside)),
      options_(options) {}

void Reconciler::cycle(int cancel_fd) noexcept {
    constexpr std::chrono::seconds patience(30);
    try {
        compare({std::chrono::steady_clock::now() + patience, cancel_fd, "reconcile", ""});
    } catch (const BackendError& error) {
        if (error.code() != Code::cancelled) engine_away(error.what());
    } catch (const std::exception& error) {
        set_problem("TENANT_ROOT " + settings_.tenant_root + " cannot be read: " +
                    std::string(error.what()) + "; see that its file system is mounted");
    }
}

void Reconciler::compare(const CallContext& ctx) {
    const Listing listing(backend_, ctx);
    const auto& tenants = roster_.refresh();
    const auto all = differences(tenants, listing);
    engine_back();
    note_images(tenants, listing);
    mend(all, may_disturb(tenants, listing, all));
}

Reconciler::Differences Reconciler::differences(const Roster::Entries& tenants,
                                                const Listing& listing) {
    const auto ended = ended_.take();
    Differences found;
    for (const auto& [tenant, entry] : tenants) {
        const auto place = outside_.place_of(tenant);
        if (place == Place::runs_elsewhere && !jobs_.has_job(tenant))
            found.emplace_hint(found.end(), tenant, Difference{Step::yield, {}});
        if (place != Place::here) continue;
        observe(tenant, entry, listing.runtime(tenant));
        if (!entry.problem.empty()) continue;
        const auto difference = this->difference(tenant, entry, listing, ended);
        if (difference.step != Step::none && !jobs_.has_job(tenant))
            found.emplace_hint(found.end(), tenant, difference);
    }
    const auto is_known = [&](const TenantId& tenant) {
        return tenants.count(tenant) > 0 && outside_.place_of(tenant) == Place::here;
    };
    book_.retain(is_known);
    loops_.retain(is_known);
    return found;
}

Reconciler::Difference Reconciler::difference(const TenantId& tenant, const RosterEntry& entry,
                                              const Listing& listing,
                                              const EndedRuntimes::ExitCodes& ended) const {
    // A tenant without a record may be one to adopt, and what an older deployment made carries no
    // label and is not listed: both are looked at in their turn.
    if (!entry.record) return {Step::bring_up, {}};
    Difference found;
    found.hint.aside = listing.aside(tenant) != nullptr || !entry.record->previous_image.empty();
    found.step = next_step(*entry.record, entry.spec, listing.runtime(tenant), found.hint.aside);
    const auto end = ended.find(tenant);
    if (end != ended.end()) found.hint.exit_code = end->second;
    if (found.step == Step::none && (end != ended.end() || loops_.is_looping(tenant))) {
        found.step = Step::watch;
    }
    return found;
}

void Reconciler::observe(const TenantId& tenant, const RosterEntry& entry,
                         const ContainerState* runtime) {
    const auto now = outside_.now();
    if (!entry.problem.empty()) book_.unreadable(tenant, entry.problem, now);
    if (!entry.record) return;
    // What is not listed may have no label: whoever mends it sees what there is.
    if (runtime == nullptr && entry.record->desired == Desired::running) return;
    const auto seen = observed_state(runtime, loops_.is_looping(tenant));
    book_.observe(tenant, *entry.record, seen, now);
    if (entry.record->desired == Desired::running) tell_recovery(tenant, seen);
}

// What a job said of the runtime holds until it is seen to be otherwise, and back again.
void Reconciler::tell_recovery(const TenantId& tenant, const std::string& observed) {
    const auto told = book_.told(tenant);
    const bool was_bad = told == "unhealthy" || told == "crash_loop" || told == "error";
    if (observed != "unhealthy" && !(observed == "running" && was_bad)) return;
    for (auto& event : book_.tell(tenant, observed, ""))
        outside_.tell(std::move(event));
}

// Engine and disk are not asked at the same moment: that many jobs ended in between looks like a
// change of many tenants, once. Nothing is done then, and it is told of the second time.
bool Reconciler::may_disturb(const Roster::Entries& tenants, const Listing& listing,
                             const Differences& differences) {
    auto problem = mass_change(tenants, listing, differences);
    const bool held_before = std::exchange(held_, problem.has_value());
    unsure_ = held_ && !held_before;
    if (unsure_) problem.reset();
    set_problem(std::move(problem));
    return !held_;
}

std::optional<std::string> Reconciler::mass_change(const Roster::Entries& tenants,
                                                   const Listing& listing,
                                                   const Differences& differences) {
    const auto lost = listing.orphans(settings_.node_name, [&tenants](const TenantId& tenant) {
        return tenants.count(tenant) > 0;
    });
    report_orphans(lost);
    if (is_mass(lost.size(), listing.containers().size())) {
        return std::to_string(lost.size()) + " of " + std::to_string(listing.containers().size()) +
               " containers of this node have no tenant folder in TENANT_ROOT " +
               settings_.tenant_root +
               ": is its file system mounted? Nothing is stopped, replaced or removed; mount it, "
               "or look at nexus-runner tenants --orphans";
    }
    std::size_t disturbed = 0;
    for (const auto& [tenant, difference] : differences)
        disturbed += disturbs(difference.step) ? 1 : 0;
    if (!is_mass(disturbed, tenants.size())) {
        if (disturbed == 0) options_.accept_mass_change = false;
        return std::nullopt;
    }
    if (options_.accept_mass_change) return std::nullopt;
    return std::to_string(disturbed) + " of " + std::to_string(tenants.size()) +
           " tenants would be stopped, replaced or removed at once, so none is: an older copy of "
           "TENANT_ROOT, or a changed setting such as RUNTIME_PIDS, may be the cause. If it is "
           "meant, start once with: nexus-runner serve --accept-mass-change";
}

void Reconciler::mend(const Differences& differences, bool may_disturb) {
    const auto now = outside_.now();
    for (const auto& [tenant, difference] : differences) {
        if (disturbs(difference.step) && !may_disturb) continue;
        const bool can_wait = difference.step != Step::watch && difference.step != Step::yield;
        if (can_wait && loops_.due(tenant, now)) continue;
        if (!take_turn(tenant)) continue;
        auto hint = difference.hint;
        hint.may_disturb = may_disturb;
        const bool taken = jobs_.in_turn(tenant, [this, id = tenant, hint](const Turn& turn) {
            repair_.run(id, turn, hint);
            const std::scoped_lock lock(mutex_);
            in_turn_now_.erase(id);
        });
        if (taken) continue;
        const std::scoped_lock lock(mutex_);
        in_turn_now_.erase(tenant);
    }
}

bool Reconciler::take_turn(const TenantId& tenant) {
    const std::scoped_lock lock(mutex_);
    return in_turn_now_.insert(tenant).second;
}

// A tenant that comes or goes while the engine and the disk are asked looks like one: twice in a
// row is no coincidence.
void Reconciler::report_orphans(const std::set<std::string>& orphans) {
    for (const auto& name : orphans) {
        if (suspected_.count(name) == 0 || !reported_.insert(name).second) continue;
        log_.warning(
            "a container with this node's label belongs to no tenant folder; it is left alone: see "
            "nexus-runner tenants --orphans",
            {{"container", name}});
    }
    std::erase_if(reported_, [&](const std::string& name) { return orphans.count(name) == 0; });
    suspected_ = orphans;
}

void Reconciler::note_images(const Roster::Entries& tenants, const Listing& listing) {
    std::set<std::string> images;
    for (const auto& [tenant, entry] : tenants) {
        if (!entry.problem.empty()) return;  // which one it uses is not known
        if (!entry.record) continue;
        images.insert(entry.record->image);
        images.insert(entry.record->previous_image);
    }
    for (const auto& container : listing.containers())
        images.insert(container.image);
    images.erase("");
    const std::scoped_lock lock(mutex_);
    images_ = std::move(images);
}

// What the engine says is in /readyz already, by whoever asks it there.
void Reconciler::engine_away(const std::string& why) {
    if (std::exchange(engine_away_, true)) return;
    log_.error("the engine's containers cannot be listed; trying again", {{"message", why}});
}

void Reconciler::engine_back() {
    if (std::exchange(engine_away_, false)) log_.info("the engine's containers are listed again");
}

void Reconciler::set_problem(std::optional<std::string> problem) {
    {
        const std::scoped_lock lock(mutex_);
        if (problem_ == problem) return;
        problem_ = problem;
    }
    if (problem) {
        log_.error("tenants are not kept as they should be: " + *problem);
    } else {
        log_.info("tenants are kept as they should be again");
    }
}

std::optional<std::string> Reconciler::problem() const {
    const std::scoped_lock lock(mutex_);
    return problem_;
}

std::optional<std::set<std::string>> Reconciler::images_in_use() const {
    const std::scoped_lock lock(mutex_);
    return images_;
}

}  // namespace nexus::tenants
