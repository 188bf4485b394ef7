#include "redis/subscriber.hpp"

#include <stdexcept>
#include <utility>

namespace nexus::redis {
namespace {

void subscribe(Connection& connection, std::string_view verb,
               const std::vector<std::string>& names) {
    if (names.empty()) return;
    Command command(verb);
    for (const auto& name : names)
        command.add(name);
    connection.send(command);
}

}  // namespace

Subscriber::Subscriber(Connection& connection, const Subscriptions& subscriptions)
    : connection_(connection) {
    if (subscriptions.channels.empty() && subscriptions.patterns.empty())
        throw std::invalid_argument("a subscriber needs a channel or a pattern");
    try {
        subscribe(connection, "SUBSCRIBE", subscriptions.channels);
        subscribe(connection, "PSUBSCRIBE", subscriptions.patterns);
        confirm(subscriptions.channels.size() + subscriptions.patterns.size());
    } catch (...) {
        connection.close();
        throw;
    }
}

Subscriber::~Subscriber() {
    connection_.close();
}

void Subscriber::confirm(std::size_t count) {
    while (confirmed_ < count) {
        const auto reply = connection_.receive({});
        if (!reply)
            throw Error(ErrorKind::timeout, "Redis " + connection_.endpoint().describe() +
                                                " did not confirm a subscription in time");
        take(*reply);
    }
}

std::optional<Message> Subscriber::next(const Patience& patience) {
    if (early_.empty()) {
        const auto reply = connection_.receive(patience);
        if (!reply) return std::nullopt;
        take(*reply);
        if (early_.empty()) return std::nullopt;
    }
    Message message = std::move(early_.front());
    early_.pop_front();
    return message;
}

void Subscriber::take(const Reply& reply) {
    if (reply.is_error()) throw connection_.to_error(reply);
    const Reply::Array& parts = reply.array();
    const std::string kind = parts.empty() ? std::string() : parts.front().text();
    if (kind == "message" && parts.size() == 3) {
        early_.push_back({parts[1].text(), {}, parts[2].text()});
    } else if (kind == "pmessage" && parts.size() == 4) {
        early_.push_back({parts[2].text(), parts[1].text(), parts[3].text()});
    } else if (kind == "subscribe" || kind == "psubscribe") {
        ++confirmed_;
    } else {
        throw Error(ErrorKind::protocol, "Redis " + connection_.endpoint().describe() +
                                             " sent something that is no message of a channel");
    }
}

}  // namespace nexus::redis
