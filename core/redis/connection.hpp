// One connection to one Redis, logged in and ready. It never reconnects by itself; see session.hpp.
// Threads: one at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redis/command.hpp"
#include "redis/endpoint.hpp"
#include "redis/error.hpp"
#include "redis/reply.hpp"
#include "redis/reply_reader.hpp"
#include "redis/wait.hpp"

namespace nexus::redis {

class Transport;

// How long a caller waits for an answer. A blocking command (XREADGROUP ... BLOCK) gets its own
// blocking time and some more.
struct Patience {
    std::optional<std::chrono::milliseconds> timeout = {};  // none: Endpoint::call_timeout
    int wake_fd = -1;                                       // readable: stop waiting now
};

// Every call throws Error. Kinds `command`, `moved` and `refused` come from an error reply and
// leave the connection usable. After every other one the answers no longer belong to the questions:
// the connection is closed, calls throw `unreachable`, and what the last commands did is not known.
class Connection {
  public:
    // Connects, authenticates and selects the database, all within Endpoint::connect_timeout. A
    // replica is `moved`. With Endpoint::sentinels these say first where the master is, and
    // endpoint() then has its address, and the sentinel that knew in front. `stop_fd` ends every
    // wait of this connection while it is readable; it must stay open as long as this object.
    explicit Connection(Endpoint endpoint, int stop_fd = -1);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    // An error reply is thrown. With a stop or wake descriptor readable beforehand nothing is sent.
    Reply call(const Command& command, const Patience& patience = {});

    // All commands in one write, one answer each, in order; an error reply is a value here
    // (Reply::throw_if_error).
    std::vector<Reply> pipeline(std::span<const Command> commands, const Patience& patience = {});

    // For subscriptions, where answers come unasked.
    void send(const Command& command);
    // Nothing where the time passed without a whole answer, which leaves the connection usable.
    std::optional<Reply> receive(const Patience& patience);

    bool is_open() const noexcept { return transport_ != nullptr; }
    void close() noexcept;
    const Endpoint& endpoint() const noexcept { return endpoint_; }
    // error_from_reply with this connection's name and without its password.
    Error to_error(const Reply& reply) const;

  private:
    void greet(const Wait& wait);
    void write_greeting(const std::vector<Command>& commands, const Wait& wait);
    void judge(const Command& asked, const Reply& reply) const;
    Wait start(const Patience& patience) const;
    void write(std::span<const Command> commands, const Wait& wait);
    std::optional<Reply> read(const Wait& wait);
    Reply require_reply(const Wait& wait);
    void require_in_step() const;

    Endpoint endpoint_;
    int stop_fd_;
    std::string peer_;
    std::string output_;
    std::vector<char> input_;
    ReplyReader reader_;
    std::unique_ptr<Transport> transport_;
};

}  // namespace nexus::redis
