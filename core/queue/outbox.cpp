#include "queue/outbox.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>

#include "base/kill_point.hpp"
#include "base/timestamp.hpp"
#include "queue/finished.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

using Kind = OutboxItem::Kind;

constexpr std::size_t most_items_a_call =
    256;  // performance.md: 159,000 a second at 256, 124,000 at 64
constexpr std::size_t most_bytes_a_call = 16U << 20U;

std::string_view to_string(Kind kind) {
    switch (kind) {
        case Kind::progress:
            return "progress";
        case Kind::finished:
            return "finished";
        case Kind::answered:
            return "answered";
        case Kind::malformed:
            return "malformed";
        case Kind::event:
            break;
    }
    return "event";
}

bool has_entry(const OutboxItem& item) {
    return item.kind != Kind::progress && item.kind != Kind::event;
}

}  // namespace

Outbox::Outbox(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
               Spool spool, Options options, const CancelSource& abandon, Log& log,
               std::function<void(const std::string&)> on_fenced)
    : session_(session),
      keys_(keys),
      lease_(lease),
      in_flight_(in_flight),
      options_(options),
      abandon_(abandon),
      log_(log),
      on_fenced_(std::move(on_fenced)),
      spool_(std::move(spool)) {
    for (auto& item : spool_.load()) {
        if (item.kind == Kind::event) ++events_;
        items_.push_back({std::move(item), true});
    }
    spooled_ = !items_.empty();
}

void Outbox::push(OutboxItem item) {
    {
        const std::scoped_lock lock(mutex_);
        if (item.kind == Kind::event && ++events_ > options_.most_events) drop_oldest_event();
        items_.push_back({std::move(item)});
        if (away_) spill();
    }
    changed_.notify_all();
}

void Outbox::drop_oldest_event() {
    const auto first = std::find_if(items_.begin(), items_.end(), [](const Pending& pending) {
        return pending.item.kind == Kind::event;
    });
    if (first == items_.end()) return;
    items_.erase(first);
    --events_;
    // The file grows by what was dropped: it is written anew before it is twice what it holds.
    if (++dropped_ % options_.most_events == 0 && spooled_) spool_.replace(lasting(true));
}

std::vector<const OutboxItem*> Outbox::lasting(bool all) const {
    std::vector<const OutboxItem*> items;
    for (const auto* queue : {&batch_, &items_}) {
        for (const auto& pending : *queue) {
            if (pending.item.kind != Kind::progress && (all || !pending.on_disk))
                items.push_back(&pending.item);
        }
    }
    return items;
}

void Outbox::spill() {
    away_ = true;
    if (!spool_.append(lasting(false))) return;
    spooled_ = true;
    for (auto* queue : {&batch_, &items_}) {
        for (auto& pending : *queue) {
            if (!std::exchange(pending.on_disk, true) && pending.item.kind == Kind::finished)
                on_safe_(pending.item.job_id);
        }
    }
}

void Outbox::end() {
    {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
}

std::size_t Outbox::size() const {
    const std::scoped_lock lock(mutex_);
    return items_.size() + batch_.size();
}

bool Outbox::wait_empty(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return items_.empty() && batch_.empty(); });
}

void Outbox::run(Progress::Beat& beat) {
    session_.on_retry([this, &beat] {
        beat.beat();
        if (!lost_at_) lost_at_ = InFlight::Clock::now();
        const std::scoped_lock lock(mutex_);
        spill();
    });
    while (next_batch(beat)) {
        if (!send(beat)) {
            const std::scoped_lock lock(mutex_);
            spill();
            return;
        }
        settle();
    }
}

bool Outbox::only_progress() const {
    return std::all_of(items_.begin(), items_.end(),
                       [](const Pending& pending) { return pending.item.kind == Kind::progress; });
}

// Everything that was on disk has been delivered.
void Outbox::empty_spool() {
    spooled_ = !spool_.replace({});
    if (const auto dropped = std::exchange(dropped_, 0); dropped > 0) {
        log_.warning("events were dropped, oldest first, while Redis was away",
                     {{"events", std::to_string(dropped)}});
    }
}

// What is ready now, and never a wait for more, so that one job alone leaves at once. Progress of a
// job that ends in the same batch is nobody's news.
bool Outbox::next_batch(Progress::Beat& beat) {
    constexpr std::chrono::seconds between_beats(1);
    std::unique_lock lock(mutex_);
    while (items_.empty() && !ended_) {
        beat.beat();
        changed_.wait_for(lock, between_beats);
    }
    beat.beat();
    // That a job began may wait a moment: most end within it, and need one call less.
    constexpr std::chrono::milliseconds progress_waits(5);
    changed_.wait_for(lock, progress_waits, [this] { return ended_ || !only_progress(); });
    std::unordered_set<std::string_view> ended;
    for (std::size_t bytes = 0;
         !items_.empty() && batch_.size() < most_items_a_call && bytes < most_bytes_a_call;) {
        bytes += items_.front().item.bytes();
        if (items_.front().item.kind == Kind::event) --events_;
        batch_.push_back(std::move(items_.front()));
        items_.pop_front();
        if (batch_.back().item.kind == Kind::finished) ended.insert(batch_.back().item.job_id);
    }
    std::erase_if(batch_, [&ended](const Pending& pending) {
        return pending.item.kind == Kind::progress && ended.count(pending.item.job_id) != 0;
    });
    return !batch_.empty();
}

// False where nothing may be sent any more. A call whose answer was lost is made again: the script
// sees what is done already.
bool Outbox::send(Progress::Beat& beat) {
    constexpr std::chrono::seconds between_tries(1);
    while (true) {
        try {
            session_.with([&](redis::Connection& connection) {
                beat.beat();
                if (lost_at_) repeat(connection);
                lost_at_.reset();
                std::vector<const OutboxItem*> items;
                for (const auto& pending : batch_)
                    items.push_back(&pending.item);
                call(connection, items);
            });
            return true;
        } catch (const redis::Error& error) {
            if (error.kind() == redis::ErrorKind::cancelled) return false;
            if (error.code() == fenced_code) {
                on_fenced_(error.what());
                return false;
            }
            if (error.code() != unleased_code) {
                log_.error("results cannot be delivered; trying again",
                           {{"message", error.what()}});
            }
            if (abandon_.wait_for(between_tries)) return false;
        }
    }
}

// A Redis that failed over, or was restarted, has lost the last moments: what ended then is told
// again, before what ended later, and changes nothing where it is known.
void Outbox::repeat(redis::Connection& connection) {
    constexpr std::chrono::seconds longest_lag(10);
    const auto ended = in_flight_.ended_since(*lost_at_ - longest_lag);
    std::vector<const OutboxItem*> items;
    for (const auto& item : ended) {
        items.push_back(item.get());
        if (items.size() < most_items_a_call && item != ended.back()) continue;
        call(connection, items);
        items.clear();
    }
}

void Outbox::call(redis::Connection& connection,
                  const std::vector<const OutboxItem*>& items) const {
    const std::string epoch = lease_.epoch();
    const std::string now = format_timestamp(wall_now());
    const std::string ttl = std::to_string(options_.ledger_ttl.count());
    std::vector<std::string> attempts;
    attempts.reserve(items.size());
    for (const auto* item : items)
        attempts.push_back(std::to_string(item->attempts));
    std::vector<std::string_view> arguments{keys_.prefix, keys_.node, epoch, now, ttl};
    for (std::size_t i = 0; i < items.size(); ++i) {
        const OutboxItem& item = *items[i];
        arguments.insert(arguments.end(),
                         {to_string(item.kind), item.entry_id, item.job_id, item.tenant_id,
                          item.state, attempts[i], item.result, item.reply_to, item.event,
                          item.dead_reason, item.dead_error, item.placement});
    }
    NEXUS_KILL_POINT("before_finish_sent");
    finish_script().run(connection, {keys_.lease}, arguments);
    NEXUS_KILL_POINT("after_finish_sent");
}

void Outbox::settle() {
    std::vector<OutboxItem> answers;
    for (const auto& pending : batch_) {
        const OutboxItem& item = pending.item;
        if (item.kind == Kind::finished) {
            on_safe_(item.job_id);
            for (auto& follower : in_flight_.close(item))
                answers.push_back(answered(std::move(follower), item.result));
        }
        if (has_entry(item)) in_flight_.end(item.entry_id);
    }
    for (auto& answer : answers)
        push(std::move(answer));
    {
        const std::scoped_lock lock(mutex_);
        batch_.clear();
        away_ = false;
        if (spooled_ && (items_.empty() || !items_.front().on_disk)) empty_spool();
    }
    changed_.notify_all();
    NEXUS_KILL_POINT("after_settled");
}

}  // namespace nexus::queue
