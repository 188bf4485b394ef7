#include "queue/lease.hpp"

#include "queue/registry.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr const char* epoch_file = "epoch";
constexpr const char* draining_file = "draining";
constexpr std::size_t longest_epoch = 20;

}  // namespace

Lease::Lease(const Keys& keys, Directory state_dir)
    : keys_(keys),
      state_dir_(std::move(state_dir)),
      epoch_(state_dir_.read(epoch_file, longest_epoch).value_or("0")),
      remembered_draining_(state_dir_.exists(draining_file)),
      draining_(remembered_draining_) {}

void Lease::take(redis::Connection& connection, const NodeFacts& facts) {
    const Answer answer = ask(connection, "take", facts);
    {
        const std::scoped_lock lock(mutex_);
        epoch_ = answer.epoch;
    }
    state_dir_.write(epoch_file, answer.epoch, 0600);
    remember();
}

bool Lease::keep(redis::Connection& connection, const NodeFacts& facts) {
    return ask(connection, "keep", facts).word == "kept";
}

bool Lease::leave(redis::Connection& connection, const NodeFacts& facts) {
    return ask(connection, "leave", facts).word == "kept";
}

void Lease::release(redis::Connection& connection) {
    ask(connection, "release", {});
}

bool Lease::remember() {
    if (draining_ == remembered_draining_) return false;
    if (draining_) {
        state_dir_.write(draining_file, "", 0600);
    } else {
        state_dir_.remove(draining_file);
    }
    remembered_draining_ = draining_;
    return true;
}

std::string Lease::epoch() const {
    const std::scoped_lock lock(mutex_);
    return epoch_;
}

Lease::Answer Lease::ask(redis::Connection& connection, const std::string& verb,
                         const NodeFacts& facts) {
    const std::string held = epoch();
    const std::string ttl = std::to_string(seconds_to_live);
    const std::string capacity = std::to_string(facts.capacity);
    const auto reply =
        lease_script().run(connection, {keys_.lease, keys_.placements},
                           {verb, held, ttl, keys_.node, draining_ ? state_draining : state_active,
                            "version", facts.version, "backend", facts.backend, "capacity",
                            capacity, "started_at", facts.started_at});
    const auto& parts = reply.array();
    if (parts.size() != 4)
        throw redis::Error(redis::ErrorKind::protocol, "the lease script answered oddly");
    if (parts[2].text() == "held") {
        throw LeaseHeld("another process serves node " + keys_.node + " (epoch " + parts[0].text() +
                        "); give this one a NODE_NAME of its own, or stop the other: its lease "
                        "then ends within " +
                        std::to_string(parts[1].integer()) + " s");
    }
    if (const auto& given = parts[3].text(); !given.empty()) draining_ = given == state_draining;
    return {parts[0].text(), parts[2].text()};
}

}  // namespace nexus::queue
