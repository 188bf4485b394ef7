#include "queue/lease.hpp"

#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr const char* epoch_file = "epoch";
constexpr std::size_t longest_epoch = 20;

}  // namespace

Lease::Lease(const Keys& keys, Directory state_dir)
    : keys_(keys),
      state_dir_(std::move(state_dir)),
      epoch_(state_dir_.read(epoch_file, longest_epoch).value_or("0")) {}

void Lease::take(redis::Connection& connection, const NodeFacts& facts) {
    const Answer answer = ask(connection, "take", facts);
    const std::scoped_lock lock(mutex_);
    epoch_ = answer.epoch;
    state_dir_.write(epoch_file, epoch_, 0600);
}

bool Lease::keep(redis::Connection& connection, const NodeFacts& facts) {
    return ask(connection, "keep", facts).word == "kept";
}

void Lease::release(redis::Connection& connection) {
    ask(connection, "release", {});
}

std::string Lease::epoch() const {
    const std::scoped_lock lock(mutex_);
    return epoch_;
}

Lease::Answer Lease::ask(redis::Connection& connection, const std::string& verb,
                         const NodeFacts& facts) {
    const std::string held = epoch();
    const std::string ttl = std::to_string(seconds_to_live);
    const std::string tenants = std::to_string(facts.tenants);
    const std::string capacity = std::to_string(facts.capacity);
    const auto reply = lease_script().run(
        connection, {keys_.lease},
        {verb, held, ttl, "version", facts.version, "backend", facts.backend, "state", facts.state,
         "tenants", tenants, "capacity", capacity, "started_at", facts.started_at});
    const auto& parts = reply.array();
    if (parts.size() != 3)
        throw redis::Error(redis::ErrorKind::protocol, "the lease script answered oddly");
    if (parts[2].text() == "held") {
        throw LeaseHeld("another process serves node " + keys_.node + " (epoch " + parts[0].text() +
                        "); give this one a NODE_NAME of its own, or stop the other: its lease "
                        "then ends within " +
                        std::to_string(parts[1].integer()) + " s");
    }
    return {parts[0].text(), parts[2].text()};
}

}  // namespace nexus::queue
