#include "queue/outbox.hpp"

#include "base/kill_point.hpp"
#include "base/timestamp.hpp"
#include "queue/finished.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr std::size_t most_items_a_call =
    256;  // performance.md: 159,000 a second at 256, 124,000 at 64
constexpr std::size_t most_bytes_a_call = 16U << 20U;

std::string_view to_string(OutboxItem::Kind kind) {
    switch (kind) {
        case OutboxItem::Kind::progress:
            return "progress";
        case OutboxItem::Kind::finished:
            return "finished";
        case OutboxItem::Kind::answered:
            return "answered";
        case OutboxItem::Kind::malformed:
            return "malformed";
        case OutboxItem::Kind::event:
            break;
    }
    return "event";
}

std::size_t bytes_of(const OutboxItem& item) {
    return item.result.size() + item.event.size() + item.dead_error.size();
}

// The item's words in the order of the script; `attempts` holds what its number points to.
void append(std::vector<std::string_view>& arguments, const OutboxItem& item,
            const std::string& attempts) {
    const std::string_view release = item.release_placement ? "1" : "0";
    arguments.insert(
        arguments.end(),
        {to_string(item.kind), item.entry_id, item.job_id, item.tenant_id, item.state, attempts,
         item.result, item.reply_to, item.event, item.dead_reason, item.dead_error, release});
}

}  // namespace

Outbox::Outbox(redis::Session& session, const Keys& keys, const Lease& lease, InFlight& in_flight,
               std::chrono::seconds ledger_ttl, const CancelSource& abandon, Log& log,
               std::function<void(const std::string&)> on_fenced)
    : session_(session),
      keys_(keys),
      lease_(lease),
      in_flight_(in_flight),
      ledger_ttl_(ledger_ttl),
      abandon_(abandon),
      log_(log),
      on_fenced_(std::move(on_fenced)) {}

void Outbox::push(OutboxItem item) {
    {
        const std::scoped_lock lock(mutex_);
        items_.push_back(std::move(item));
    }
    changed_.notify_all();
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
    return items_.size() + sending_;
}

bool Outbox::wait_empty(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return items_.empty() && sending_ == 0; });
}

void Outbox::run(Progress::Beat& beat) {
    session_.on_retry([&beat] { beat.beat(); });
    while (true) {
        const auto batch = next_batch(beat);
        if (batch.empty()) return;
        if (!send(batch, beat)) return;
        settle(batch);
    }
}

// What is ready now, and never a wait for more, so that one job alone leaves at once.
std::vector<OutboxItem> Outbox::next_batch(Progress::Beat& beat) {
    constexpr std::chrono::seconds between_beats(1);
    std::unique_lock lock(mutex_);
    while (items_.empty() && !ended_) {
        beat.beat();
        changed_.wait_for(lock, between_beats);
    }
    beat.beat();
    std::vector<OutboxItem> batch;
    for (std::size_t bytes = 0;
         !items_.empty() && batch.size() < most_items_a_call && bytes < most_bytes_a_call;) {
        bytes += bytes_of(items_.front());
        batch.push_back(std::move(items_.front()));
        items_.pop_front();
    }
    sending_ = batch.size();
    return batch;
}

// False where nothing may be sent any more. A call whose answer was lost is made again: the script
// sees what is done already.
bool Outbox::send(const std::vector<OutboxItem>& batch, Progress::Beat& beat) {
    constexpr std::chrono::seconds between_tries(1);
    while (true) {
        try {
            session_.with([&](redis::Connection& connection) {
                beat.beat();
                call(connection, batch);
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

void Outbox::call(redis::Connection& connection, const std::vector<OutboxItem>& batch) const {
    const std::string epoch = lease_.epoch();
    const std::string now = format_timestamp(wall_now());
    const std::string ttl = std::to_string(ledger_ttl_.count());
    std::vector<std::string> attempts;
    attempts.reserve(batch.size());
    for (const auto& item : batch)
        attempts.push_back(std::to_string(item.attempts));
    std::vector<std::string_view> arguments{keys_.prefix, keys_.node, epoch, now, ttl};
    for (std::size_t i = 0; i < batch.size(); ++i)
        append(arguments, batch[i], attempts[i]);
    NEXUS_KILL_POINT("before_finish_sent");
    finish_script().run(connection, {keys_.lease}, arguments);
    NEXUS_KILL_POINT("after_finish_sent");
}

void Outbox::settle(const std::vector<OutboxItem>& batch) {
    for (const auto& item : batch) {
        if (item.kind == OutboxItem::Kind::finished) {
            for (auto& follower : in_flight_.close(item.job_id)) {
                push(answered(std::move(follower), item.result));
            }
        }
        if (item.kind != OutboxItem::Kind::progress && item.kind != OutboxItem::Kind::event) {
            in_flight_.end(item.entry_id);
        }
    }
    const std::scoped_lock lock(mutex_);
    sending_ = 0;
    changed_.notify_all();
    NEXUS_KILL_POINT("after_settled");
}

}  // namespace nexus::queue
