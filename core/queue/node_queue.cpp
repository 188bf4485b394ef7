#include "queue/node_queue.hpp"

#include "queue/finished.hpp"
#include "queue/placements.hpp"

namespace nexus::queue {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A few entries wait in memory for each that runs, so that a worker that becomes free need not wait
// for Redis.
constexpr std::size_t entries_per_worker = 8;
constexpr std::size_t most_bytes = 32U << 20U;

}  // namespace

NodeQueue::NodeQueue(Options options, Sources sources, jobs::Executor& executor, Progress& progress,
                     Log& log, std::function<void(Loss, const std::string&)> on_lost)
    : options_(std::move(options)),
      sources_(std::move(sources)),
      executor_(executor),
      progress_(progress),
      log_(log),
      on_lost_(std::move(on_lost)),
      keys_(options_.prefix, options_.node),
      intake_session_(options_.endpoint, "intake", log, stop_.fd()),
      outbox_session_(options_.endpoint, "outbox", log, abandon_.fd()),
      lease_session_(options_.endpoint, "lease", log, abandon_.fd()),
      lease_(keys_, Directory::open(options_.state_dir)),
      in_flight_(options_.concurrency * entries_per_worker, most_bytes),
      outbox_(outbox_session_, keys_, lease_, in_flight_, options_.ledger_ttl, abandon_, log,
              [this](const std::string& why) { lose(Loss::lease, why); }),
      admission_(keys_, lease_, in_flight_, outbox_,
                 [this](Ticket ticket) {
                     const std::string lane = ticket.job.tenant.text();
                     auto attempts = std::make_shared<Attempts>(std::move(ticket));
                     lanes_.push(lane, [this, attempts] { return run(*attempts); });
                 }),
      intake_(intake_session_, keys_, lease_, in_flight_, admission_, stop_, log,
              [this](const std::string& why) { lose(Loss::lease, why); }),
      lanes_(options_.concurrency) {}

NodeQueue::~NodeQueue() {
    stop_.cancel();
    cancel_.cancel();
    abandon_.cancel();
    outbox_.end();
    for (auto* thread : {&intake_thread_, &outbox_thread_, &lease_thread_}) {
        if (thread->joinable()) thread->join();
    }
}

void NodeQueue::start() {
    redis::Connection connection(options_.endpoint, abandon_.fd());
    lease_.take(connection, sources_.facts());
    introduce(connection);
    confirmed_ = SteadyClock::now();
    lease_thread_ = begin("lease", [this](Progress::Beat& beat) { keep_lease(beat); });
    outbox_thread_ = begin("outbox", [this](Progress::Beat& beat) { outbox_.run(beat); });
    intake_thread_ = begin("intake", [this](Progress::Beat& beat) { intake_.run(beat); });
}

std::thread NodeQueue::begin(const char* name, std::function<void(Progress::Beat&)> work) {
    return std::thread([this, name, beat = progress_.add(name), work = std::move(work)]() mutable {
        try {
            work(beat);
        } catch (const std::exception& error) {
            lose(Loss::fault, std::string("the ") + name + " thread failed: " + error.what());
        }
    });
}

void NodeQueue::introduce(redis::Connection& connection) {
    for (const auto& tenant :
         register_placements(connection, keys_, lease_.epoch(), sources_.tenants())) {
        log_.warning(
            "a tenant on this node's disk belongs to another node by Redis; it is left alone",
            {{"tenant", tenant}});
    }
}

// False where Redis had lost the lease and it was made again.
bool NodeQueue::confirm_lease(redis::Connection& connection) {
    const bool kept = stop_.cancelled() ? lease_.leave(connection, sources_.facts())
                                        : lease_.keep(connection, sources_.facts());
    if (!kept) {
        log_.warning("Redis had lost its data; streams, groups and placements are made again");
    }
    return kept;
}

void NodeQueue::keep_lease(Progress::Beat& beat) {
    lease_session_.on_retry([&beat] { beat.beat(); });
    constexpr std::chrono::seconds interval(Lease::seconds_between_keeps);
    bool introduced = true;
    const auto keep = [&](redis::Connection& connection) {
        beat.beat();
        introduced = confirm_lease(connection) && introduced;
        if (introduced) return;
        introduce(connection);
        intake_.rejoin();
        introduced = true;
    };
    while (true) {
        // That this node stops is told to the others at once.
        (stop_.cancelled() ? abandon_ : stop_).wait_for(interval);
        if (abandon_.cancelled()) return;
        try {
            lease_session_.with(keep);
            confirmed_ = SteadyClock::now();
            remember_draining();
        } catch (const LeaseHeld& held) {
            lose(Loss::lease, held.what());
            return;
        } catch (const redis::Error& error) {
            if (error.kind() == redis::ErrorKind::cancelled) return;
            log_.error("the lease cannot be kept; trying again", {{"message", error.what()}});
        }
    }
}

void NodeQueue::remember_draining() {
    try {
        if (!lease_.remember()) return;
        log_.info(lease_.draining() ? "drained by an operator: no new tenant comes here"
                                    : "no longer drained: new tenants may come here");
    } catch (const std::system_error& error) {
        log_.error(
            "STATE_DIR cannot be written, so a restart would not know whether this node is "
            "drained; trying again",
            {{"message", error.what()}});
    }
}

jobs::Lanes::Again NodeQueue::run(Attempts& attempts) {
    const Ticket& ticket = attempts.ticket();
    const int attempt = attempts.begin();
    outbox_.push(begun(ticket, attempt));
    const auto outcome = executor_.run(ticket.job, attempt, cancel_);
    // Ended by us and not by anybody's wish: it stays pending, and the next start does it.
    if (outcome.error && cancel_.cancelled()) return std::nullopt;
    if (const auto wait = attempts.next(outcome)) {
        outbox_.push(retrying(ticket, attempt));
        log_.info("the job is tried again", {{"job", ticket.job.id},
                                             {"tenant", ticket.job.tenant.text()},
                                             {"attempt", std::to_string(attempt)},
                                             {"wait_ms", std::to_string(wait->count())}});
        return wait;
    }
    outbox_.push(finished(ticket, outcome, {keys_.node, attempt, attempts.started_at()}));
    return std::nullopt;
}

void NodeQueue::lose(Loss loss, const std::string& why) {
    if (lost_.exchange(true)) return;
    stop_.cancel();
    cancel_.cancel();
    on_lost_(loss, why);
}

bool NodeQueue::holds_lease() const noexcept {
    constexpr std::chrono::seconds valid(Lease::seconds_to_live);
    return !lost_ && SteadyClock::now() - confirmed_.load() < valid;
}

void NodeQueue::drain(std::chrono::milliseconds time) {
    constexpr std::chrono::seconds for_cancelled_calls(
        5);  // a call returns within 1 s of its cancel
    constexpr std::chrono::seconds for_delivery(5);
    stop_.cancel();
    if (intake_thread_.joinable()) intake_thread_.join();
    lanes_.close();
    if (!lanes_.wait_idle(SteadyClock::now() + time)) {
        log_.warning("jobs are still running; their calls are cancelled and they stay pending",
                     {{"jobs", std::to_string(lanes_.running())}});
    }
    cancel_.cancel();
    lanes_.wait_idle(SteadyClock::now() + for_cancelled_calls);
    outbox_.end();
    if (!outbox_.wait_empty(for_delivery)) {
        log_.warning(
            "Redis did not take every result; the next start delivers them by running the jobs "
            "again",
            {{"results", std::to_string(outbox_.size())}});
    }
    abandon_.cancel();
    for (auto* thread : {&outbox_thread_, &lease_thread_}) {
        if (thread->joinable()) thread->join();
    }
    if (lost_) return;
    try {
        redis::Connection connection(options_.endpoint);
        lease_.leave(connection, sources_.facts());
        remember_draining();  // before the entry goes, which is all that knows an operator's wish
        lease_.release(connection);
    } catch (const redis::Error& error) {
        log_.warning("the lease could not be given back; it ends by itself",
                     {{"message", error.what()}});
    }
}

}  // namespace nexus::queue
