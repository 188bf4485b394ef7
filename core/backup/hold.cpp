#include "backup/hold.hpp"

#include <thread>

#include "backup/scratch.hpp"
#include "base/kill_point.hpp"
#include "tenants/backend_failure.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::backup {
namespace {

// One that ends in this moment needs another look at what it is.
constexpr int most_looks = 3;
// Busy processes cannot always be frozen at once: runc gives up after some milliseconds.
constexpr std::chrono::seconds freezing_patience(60);
constexpr std::chrono::milliseconds between_tries(200);

// An engine has long given up by then what it was asked for.
constexpr std::chrono::minutes late_pause(2);

bool is_unanswered(Code code) {
    return code == Code::timeout || code == Code::cancelled || code == Code::unavailable;
}

bool is_own_trouble(Code code) {
    return code == Code::not_found || code == Code::conflict || code == Code::invalid;
}

}  // namespace

Hold::Hold(Backend& backend, const Journal& journal, const config::Settings& settings, Log& log,
           const tenants::JobContext& context)
    : backend_(backend),
      journal_(journal),
      settings_(settings),
      log_(log),
      context_(context),
      runtime_(tenants::runtime_name(context.tenant())) {}

Hold::~Hold() {
    try {
        let_go();
    } catch (const std::exception& error) {
        log_.error("a runtime that a backup holds does not go on yet",
                   {{"tenant", context_.tenant().text()}, {"message", error.what()}});
    }
}

Consistency Hold::take() {
    if (const auto before = journal_.read(context_.tenant())) late_until_ = before->stays_until;
    const auto last = Clock::now() + freezing_patience;
    for (int looks = 1;; ++looks) {
        const auto runtime = find_container(backend_, runtime_, context_);
        if (!runtime) return Consistency::stopped;
        try {
            return look_at(*runtime);
        } catch (const BackendError& error) {
            if (held_ == Entry::Kind::paused && is_unanswered(error.code()))
                late_until_ = wall_now() + late_pause;
            let_go();  // whether it is held is not known
            const bool changed = is_own_trouble(error.code()) && looks < most_looks;
            const bool busy =
                error.code() == Code::internal && error.retryable() && Clock::now() < last;
            if (!changed && !busy) throw;
            std::this_thread::sleep_for(between_tries);
        }
    }
}

Consistency Hold::look_at(const ContainerState& runtime) {
    const bool stops = settings_.backup_consistency == config::BackupConsistency::stop;
    switch (runtime.phase) {
        case Phase::paused:
            return Consistency::pause;
        case Phase::running:
        case Phase::restarting:
            if (settings_.backup_consistency == config::BackupConsistency::none)
                return Consistency::none;
            // One that the engine is about to start again cannot be paused.
            return hold(stops || runtime.phase == Phase::restarting ? Entry::Kind::stopped
                                                                    : Entry::Kind::paused);
        case Phase::created:
        case Phase::exited:
        case Phase::removing:
        case Phase::dead:
            break;
    }
    return Consistency::stopped;
}

Consistency Hold::hold(Entry::Kind kind) {
    Entry entry;
    entry.kind = kind;
    entry.stays_until = late_until_;
    journal_.write(context_.tenant(), entry);
    held_ = kind;
    since_ = Clock::now();
    NEXUS_KILL_POINT("after_hold_noted");
    const CallContext call = context_.slow_call(settings_.job_timeout);
    if (kind == Entry::Kind::paused) {
        backend_.pause(call, runtime_);
    } else {
        backend_.stop(call, runtime_,
                      std::chrono::duration_cast<std::chrono::seconds>(settings_.stop_timeout));
    }
    NEXUS_KILL_POINT("after_runtime_held");
    return kind == Entry::Kind::paused ? Consistency::pause : Consistency::stop;
}

void Hold::let_go() {
    if (!held_) return;
    const auto last = Clock::now() + settings_.job_timeout;
    const CallContext call{last, -1, context_.job().id, context_.tenant().text()};
    const Entry::Kind kind = *held_;
    held_.reset();
    while (const auto failure = release(kind, call)) {
        if (Clock::now() + between_tries >= last) throw Failure(*failure);
        std::this_thread::sleep_for(between_tries);
    }
    time_ += std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - since_);
    NEXUS_KILL_POINT("after_runtime_let_go");
    note_let_go();
    NEXUS_KILL_POINT("after_hold_erased");
}

// To resume what is not paused yet does nothing, so a pause that the engine comes to later would
// stay for ever: whoever settles the journal resumes again until then. A runtime that a late stop
// ends is started by the reconciler.
void Hold::note_let_go() const {
    if (late_until_ <= wall_now()) {
        journal_.erase(context_.tenant());
        return;
    }
    Entry entry;
    entry.kind = Entry::Kind::paused;
    entry.stays_until = late_until_;
    journal_.write(context_.tenant(), entry);
}

std::optional<Failure> Hold::release(Entry::Kind kind, const CallContext& call) const {
    try {
        kind == Entry::Kind::paused ? backend_.unpause(call, runtime_)
                                    : backend_.start(call, runtime_);
    } catch (const BackendError& error) {
        if (!is_own_trouble(error.code())) return tenants::failure_of(error);
        log_.warning("a runtime that a backup had held does not go on",
                     {{"tenant", context_.tenant().text()}, {"message", error.what()}});
    }
    return std::nullopt;
}

}  // namespace nexus::backup
