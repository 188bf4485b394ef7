#include "redis/connection.hpp"

#include "redis/greeting.hpp"
#include "redis/sentinel.hpp"
#include "redis/transport.hpp"

namespace nexus::redis {
namespace {

constexpr std::size_t receive_size = 64U << 10U;

template <typename Talk>
auto closing_on_failure(Connection& connection, Talk&& talk) {
    try {
        return talk();
    } catch (...) {
        connection.close();
        throw;
    }
}

}  // namespace

Connection::Connection(Endpoint endpoint, int stop_fd)
    : endpoint_(std::move(endpoint)),
      stop_fd_(stop_fd),
      peer_(endpoint_.describe()),
      input_(receive_size) {
    const Wait wait = Wait::lasting(endpoint_.connect_timeout, stop_fd_);
    if (stop_requested(wait))
        throw Error(ErrorKind::cancelled, "connecting to Redis " + peer_ + " was cancelled");
    if (!endpoint_.sentinels.empty()) {
        find_master(endpoint_, wait);
        peer_ = endpoint_.describe();
    }
    transport_ = std::make_unique<Transport>(endpoint_, wait);
    greet(wait);
}

Connection::~Connection() = default;

void Connection::greet(const Wait& wait) {
    const std::vector<Command> commands = greeting(endpoint_);
    try {
        write_greeting(commands, wait);
        // One by one: a Redis that turns us away answers once and hangs up.
        for (const Command& command : commands)
            judge(command, require_reply(wait));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::unreachable || endpoint_.transport != TransportKind::tcp ||
            !error.code().empty())
            throw;
        throw Error(error.kind(), std::string(error.what()) +
                                      ", and if this port wants TLS, write rediss:// in REDIS_URL");
    }
}

// Where Redis hung up meanwhile, what it said before that is worth more than the broken write.
void Connection::write_greeting(const std::vector<Command>& commands, const Wait& wait) {
    try {
        write(commands, wait);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::unreachable) judge(commands.front(), require_reply(wait));
        throw;
    }
}

void Connection::judge(const Command& asked, const Reply& reply) const {
    if (reply.is_error()) {
        judge_refusal(asked, to_error(reply), endpoint_);
    } else {
        judge_role(asked, reply, endpoint_);
    }
}

Error Connection::to_error(const Reply& reply) const {
    return error_from_reply(reply.error_line(), peer_, endpoint_.password);
}

Reply Connection::call(const Command& command, const Patience& patience) {
    const Wait wait = start(patience);
    Reply reply = closing_on_failure(*this, [&] {
        require_in_step();
        write({&command, 1}, wait);
        return require_reply(wait);
    });
    if (reply.is_error()) throw to_error(reply);
    return reply;
}

std::vector<Reply> Connection::pipeline(std::span<const Command> commands,
                                        const Patience& patience) {
    const Wait wait = start(patience);
    return closing_on_failure(*this, [&] {
        require_in_step();
        std::vector<Reply> replies;
        replies.reserve(commands.size());
        write(commands, wait);
        while (replies.size() < commands.size())
            replies.push_back(require_reply(wait));
        return replies;
    });
}

void Connection::send(const Command& command) {
    const Wait wait = start({});
    closing_on_failure(*this, [&] { write({&command, 1}, wait); });
}

std::optional<Reply> Connection::receive(const Patience& patience) {
    const Wait wait = start(patience);
    return closing_on_failure(*this, [&] { return read(wait); });
}

void Connection::close() noexcept {
    transport_.reset();
}

Wait Connection::start(const Patience& patience) const {
    const Wait wait = Wait::lasting(patience.timeout.value_or(endpoint_.call_timeout), stop_fd_,
                                    patience.wake_fd);
    if (!is_open())
        throw Error(ErrorKind::unreachable, "the connection to Redis " + peer_ + " is closed");
    if (stop_requested(wait))
        throw Error(ErrorKind::cancelled, "a command for Redis " + peer_ + " was cancelled");
    return wait;
}

void Connection::require_in_step() const {
    if (!reader_.idle())
        throw Error(ErrorKind::protocol, "Redis " + peer_ +
                                             " sent an answer that nobody asked for; check that " +
                                             endpoint_.setting() + " leads to a Redis");
}

void Connection::write(std::span<const Command> commands, const Wait& wait) {
    output_.clear();
    for (const Command& command : commands)
        command.append_to(output_);
    transport_->send(output_, wait);
    constexpr std::size_t keep = 1U << 20U;
    if (output_.capacity() > keep) output_ = {};
}

std::optional<Reply> Connection::read(const Wait& wait) {
    for (;;) {
        if (auto reply = reader_.next()) return reply;
        const std::size_t count = transport_->receive(input_, wait);
        if (count == 0) return std::nullopt;
        reader_.feed({input_.data(), count});
    }
}

Reply Connection::require_reply(const Wait& wait) {
    if (auto reply = read(wait)) return *std::move(reply);
    throw Error(ErrorKind::timeout,
                "Redis " + peer_ + " did not answer in time; check its load and the network");
}

}  // namespace nexus::redis
