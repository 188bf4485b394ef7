// The lease of a node: it keeps a second process for the same node out, and fences a stale one, by
// an epoch that every script checks. It is the node's entry in the registry too. Threads: all but
// epoch() and holder(), which may be called from any, belong to one thread at a time.
#pragma once

#include <mutex>
#include <stdexcept>
#include <string>

#include "base/files.hpp"
#include "queue/keys.hpp"
#include "redis/connection.hpp"

namespace nexus::queue {

// Another process holds the lease. The message says which node, and when it may be free.
class LeaseHeld : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// What other nodes and people read of this one, beside its state and its tenants, which are not its
// own to say: an operator gives the one, and the router counts the other.
struct NodeFacts {
    std::string version;
    std::string backend;
    std::size_t capacity = 0;  // tenants that fit
    std::string started_at;
};

class Lease {
  public:
    static constexpr int seconds_to_live = 15;  // protocol.md
    static constexpr int seconds_between_keeps = 5;

    // The epoch is remembered in `state_dir`, so that a process that was killed is followed at
    // once, and so is that the node is drained. Only one process may use that folder.
    Lease(const Keys& keys, Directory state_dir);

    // Throws LeaseHeld, redis::Error, or std::system_error for the files.
    void take(redis::Connection& connection, const NodeFacts& facts);

    // False where Redis had lost the lease and it was made again: whatever else it held is lost
    // too. Throws LeaseHeld where another process has it, and redis::Error.
    bool keep(redis::Connection& connection, const NodeFacts& facts);
    // The same for a node that stops: to others it is draining from now on.
    bool leave(redis::Connection& connection, const NodeFacts& facts);

    // Another process may take it at once.
    void release(redis::Connection& connection);

    // Whether an operator has drained this node, as Redis said at the last of the calls above.
    bool draining() const noexcept { return draining_; }
    // Writes that down for the next start; true where it changed. Throws std::system_error.
    bool remember();

    std::string epoch() const;
    // The name of the state folder, the same under every NODE_NAME.
    const std::string& holder() const noexcept { return holder_; }

  private:
    struct Answer {
        std::string epoch;
        std::string word;
    };
    Answer ask(redis::Connection& connection, const std::string& verb, const NodeFacts& facts);

    const Keys& keys_;
    Directory state_dir_;
    const std::string holder_;
    mutable std::mutex mutex_;
    std::string epoch_;
    bool remembered_draining_;
    bool draining_;
};

}  // namespace nexus::queue
