#include "backup/settle.hpp"

#include "backup/exchange.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::backup {

using tenants::JobContext;

namespace {

constexpr std::chrono::hours patience(1);  // for reading both volumes, where it comes to that

JobContext unhurried(const JobContext& context) {
    return {context.job(),       context.tenant(), patience, JobContext::Clock::now() + patience,
            context.cancel_fd(), context.permit()};
}

}  // namespace

Settler::Settler(Parts parts, const config::Settings& settings, Log& log)
    : parts_(parts), settings_(settings), log_(log) {}

std::optional<Entry> Settler::read(const TenantId& tenant) const {
    try {
        return parts_.journal.read(tenant);
    } catch (const json::Error& error) {
        throw Failure(ErrorCode::internal,
                      "what a backup or a restore was about to do to tenant " + tenant.text() +
                          " is not known, its file in STATE_DIR is damaged: " + error.what() +
                          ". See that the tenant is as it should be, then remove held/" +
                          tenant.text() + ".json there");
    }
}

void Settler::settle(JobContext& context) {
    const TenantId& tenant = context.tenant();
    auto entry = read(tenant);
    if (!entry) return;
    switch (entry->kind) {
        case Entry::Kind::paused:
        case Entry::Kind::stopped:
            if (resume(*entry, context) && wall_now() < entry->stays_until) return;
            parts_.journal.erase(tenant);
            log_.info("let a runtime go on that a backup had held", {{"tenant", tenant.text()}});
            return;
        case Entry::Kind::restore:
            discard(context);
            log_.info("removed what a restore had unpacked", {{"tenant", tenant.text()}});
            return;
        case Entry::Kind::swapping:
            undo(*entry, unhurried(context));
            log_.info("undid a restore that was left half done", {{"tenant", tenant.text()}});
            return;
        case Entry::Kind::swapped:
            finish(context);
            log_.info("finished a restore that was left half done", {{"tenant", tenant.text()}});
            try_to_bring_up(context);
            return;
        case Entry::Kind::refused:
            reopen(*entry, unhurried(context));
            undo(*entry, unhurried(context));
            log_.info("undid a restore that had failed", {{"tenant", tenant.text()}});
            return;
    }
}

std::string Settler::take_back(const JobContext& context) {
    const auto cleanup = context.cleanup(patience);
    try {
        auto entry = read(context.tenant());
        if (!entry) return "; nothing was changed";
        if (entry->kind == Entry::Kind::restore) {
            discard(cleanup);
            return "; the tenant was not touched";
        }
        if (entry->kind == Entry::Kind::swapped) {
            refuse(context.tenant(), *entry);
            reopen(*entry, cleanup);
        }
        const auto problem = undo(*entry, cleanup);
        if (problem.empty()) return "; the tenant is as it was";
        return "; what was there is back, but does not run again: " + problem;
    } catch (const std::exception& error) {
        return std::string("; and it could not be undone: ") + error.what() +
               "; nexus-runner tries that again before it does anything else to the tenant";
    }
}

bool Settler::resume(const Entry& entry, const JobContext& context) {
    const std::string runtime = tenants::runtime_name(context.tenant());
    const auto problem = attempt(context, [&] {
        if (entry.kind == Entry::Kind::paused) {
            parts_.backend.unpause(context.call(), runtime);
        } else {
            parts_.backend.start(context.call(), runtime);
        }
    });
    NEXUS_KILL_POINT("after_resumed");
    return problem.empty();
}

std::string Settler::attempt(const JobContext& context, const std::function<void()>& start) const {
    try {
        start();
        return {};
    } catch (const BackendError& error) {
        const bool gone = error.code() == Code::not_found || error.code() == Code::conflict ||
                          error.code() == Code::invalid;
        if (!gone) throw;
        log_.warning("a runtime that a backup or a restore had held does not go on",
                     {{"tenant", context.tenant().text()}, {"message", error.what()}});
        return error.what();
    }
}

void Settler::finish(const JobContext& context) const {
    const std::string former = tenants::previous_name(context.tenant());
    if (find_container(parts_.backend, former, context)) {
        parts_.backend.remove(context.call(), former);
    }
    discard(context);
}

void Settler::discard(const JobContext& context) const {
    Scratch({parts_.backend, parts_.store}, settings_.node_name, context).remove();
    parts_.journal.erase(context.tenant());
}

// From here on nobody takes the restore for done, however often its undoing fails.
void Settler::refuse(const TenantId& tenant, Entry& entry) const {
    entry.kind = Entry::Kind::refused;
    parts_.journal.write(tenant, entry);
}

// The new runtime was started, and may have written to what was restored: that is known by another
// hash now.
void Settler::reopen(Entry& entry, const JobContext& context) const {
    const TenantId& tenant = context.tenant();
    Exchange({parts_.backend, parts_.store}, settings_, context).remove_runtime();
    const auto hash = [&](PartName part, bool made, std::string& sha256) {
        if (!made) sha256 = hash_of(parts_.backend, volume_of(tenant, part), context);
    };
    hash(PartName::session, entry.session_made, entry.session_sha256);
    hash(PartName::state, entry.state_made, entry.state_sha256);
    entry.kind = Entry::Kind::swapping;
    parts_.journal.write(tenant, entry);
}

std::string Settler::undo(Entry entry, const JobContext& context) const {
    Exchange exchange({parts_.backend, parts_.store}, settings_, context);
    exchange.undo(entry);
    auto problem = attempt(context, [&] { exchange.start_again(entry); });
    entry.kind = Entry::Kind::restore;
    parts_.journal.write(context.tenant(), entry);
    discard(context);
    return problem;
}

void Settler::try_to_bring_up(JobContext& context) {
    try {
        for (auto& event : parts_.lifecycle.bring_up(context).events)
            context.tell(std::move(event));
    } catch (const std::exception& error) {
        log_.warning("a tenant does not run after its restore was settled",
                     {{"tenant", context.tenant().text()}, {"message", error.what()}});
    }
}

}  // namespace nexus::backup
