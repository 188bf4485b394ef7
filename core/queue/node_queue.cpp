#include "queue/node_queue.hpp"

#include "queue/placements.hpp"

namespace nexus::queue {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Jobs of one tenant may wait for long, and must not keep those behind them out of memory; about
// 700 bytes each, so some 12 MB. The results are there for a Redis that fails over to a replica
// some seconds behind.
constexpr InFlight::Limits in_memory{16'384, 16U << 20U, 8'192, 8U << 20U};

}  // namespace

NodeQueue::NodeQueue(Options options, Sources sources, jobs::Executor& executor,
                     const tenants::TurnLocks& turns, Progress& progress, Bell& moved, Log& log,
                     std::function<void(Loss, const std::string&)> on_lost)
    : options_(std::move(options)),
      sources_(std::move(sources)),
      progress_(progress),
      log_(log),
      on_lost_(std::move(on_lost)),
      keys_(options_.prefix, options_.node),
      intake_session_(options_.endpoint, "intake", log, stop_.fd()),
      outbox_session_(options_.endpoint, "outbox", log, abandon_.fd()),
      lease_session_(options_.endpoint, "lease", log, abandon_.fd()),
      lease_(keys_, Directory::open(options_.state_dir)),
      elsewhere_(keys_, lease_, Directory::open(options_.state_dir), moved, log),
      begun_(Directory::open(options_.state_dir), options_.concurrency),
      in_flight_(in_memory),
      outbox_(outbox_session_, keys_, lease_, in_flight_,
              Spool(Directory::open(options_.state_dir), log), {options_.ledger_ttl}, abandon_, log,
              [this](const std::string& why) { lose(Loss::lease, why); }),
      runs_(options_.node, options_.concurrency, executor, turns, begun_, fence_, outbox_, log),
      admission_(keys_, elsewhere_, in_flight_, outbox_,
                 [this](Ticket ticket) { runs_.add(std::move(ticket)); }),
      intake_(intake_session_, keys_, lease_, in_flight_, admission_, runs_, stop_, log,
              [this](const std::string& why) { lose(Loss::lease, why); }) {
    outbox_.on_safe([this](const std::string& job) { runs_.safe(job); });
}

NodeQueue::~NodeQueue() {
    stop_.cancel();
    runs_.interrupt();
    abandon_.cancel();
    outbox_.end();
    for (auto* thread : {&intake_thread_, &outbox_thread_, &lease_thread_, &clock_thread_}) {
        if (thread->joinable()) thread->join();
    }
}

void NodeQueue::start() {
    redis::Connection connection(options_.endpoint, abandon_.fd());
    lease_.take(connection, sources_.facts());
    elsewhere_.introduce(connection, sources_.tenants(), false);
    confirmed_ = SteadyClock::now();
    clock_thread_ = begin("clock", [this](Progress::Beat& beat) { keep_time(beat); });
    lease_thread_ = begin("lease", [this](Progress::Beat& beat) { keep_lease(beat); });
    outbox_thread_ = begin("outbox", [this](Progress::Beat& beat) { outbox_.run(beat); });
    intake_thread_ = begin("intake", [this](Progress::Beat& beat) { take_in(beat); });
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

// A stream is never removed but with all that Redis had; a lease also ends by itself.
void NodeQueue::introduce_again(redis::Connection& connection) {
    const bool lost = connection.call(redis::Command("EXISTS", keys_.node_jobs)).integer() == 0;
    elsewhere_.introduce(connection, sources_.tenants(), lost);
    intake_.rejoin();
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
        const auto sleeps = fence_.sleeps();
        // An answer that is lost may have said that the lease was made again.
        const bool was_introduced = std::exchange(introduced, false);
        if (confirm_lease(connection) && was_introduced) {
            elsewhere_.look_again(connection);
        } else {
            introduce_again(connection);
        }
        introduced = true;
        fence_.confirm(sleeps);
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

void NodeQueue::keep_time(Progress::Beat& beat) {
    constexpr std::chrono::seconds a_tick(1);
    while (!abandon_.wait_for(a_tick)) {
        beat.beat();
        fence_.tick();
    }
}

// Results that an earlier process left are delivered first: their entries are still pending, and
// must not run again.
void NodeQueue::take_in(Progress::Beat& beat) {
    constexpr std::chrono::seconds a_look(1);
    while (!stop_.cancelled() && !outbox_.wait_empty(a_look))
        beat.beat();
    intake_.run(beat);
}

void NodeQueue::lose(Loss loss, const std::string& why) {
    if (lost_.exchange(true)) return;
    stop_.cancel();
    runs_.interrupt();
    on_lost_(loss, why);
}

bool NodeQueue::in_turn(const config::TenantId& tenant,
                        std::function<void(const tenants::Turn&)> work) {
    return caught_up() && runs_.in_turn(tenant, std::move(work));
}

void NodeQueue::tell(const tenants::TenantEvent& event) {
    outbox_.push(OutboxItem{.kind = OutboxItem::Kind::event,
                            .tenant_id = event.tenant_id.text(),
                            .event = to_json(event)});
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
    runs_.close();
    if (!runs_.wait_idle(SteadyClock::now() + time)) {
        log_.warning("jobs are still running; their calls are cancelled and they stay pending",
                     {{"jobs", std::to_string(runs_.running())}});
    }
    runs_.interrupt();
    runs_.wait_idle(SteadyClock::now() + for_cancelled_calls);
    outbox_.end();
    if (!outbox_.wait_empty(for_delivery)) {
        log_.warning(
            "Redis did not take every result; what is left is on disk and delivered at the next "
            "start",
            {{"results", std::to_string(outbox_.size())}});
    }
    abandon_.cancel();
    for (auto* thread : {&outbox_thread_, &lease_thread_, &clock_thread_}) {
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
