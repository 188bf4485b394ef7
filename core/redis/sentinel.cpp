#include "redis/sentinel.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "redis/connection.hpp"

namespace nexus::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds left_until(steady_clock::time_point deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    return std::max(left, milliseconds(0));
}

// A dead sentinel must not use up the time of the living ones and of the master.
Wait share_of(const Wait& wait, std::size_t still_to_ask) {
    constexpr milliseconds longest(1000);
    const auto shares = static_cast<milliseconds::rep>(still_to_ask + 1);
    Wait share = wait;
    share.deadline = steady_clock::now() + std::min(longest, left_until(wait.deadline) / shares);
    return share;
}

Endpoint endpoint_of(const SentinelAddress& sentinel, const Endpoint& server, const Wait& wait) {
    Endpoint endpoint = server;
    endpoint.sentinels.clear();
    endpoint.is_sentinel = true;
    endpoint.host = sentinel.host;
    endpoint.port = sentinel.port;
    endpoint.user.clear();
    endpoint.password.clear();
    endpoint.database = 0;
    endpoint.connect_timeout = left_until(wait.deadline);
    return endpoint;
}

Reply ask(const Endpoint& sentinel, const std::string& master_name, const Wait& wait) {
    Connection connection(sentinel, wait.stop_fd);
    Patience patience;
    patience.timeout = left_until(wait.deadline);
    try {
        return connection.call(Command("SENTINEL", "get-master-addr-by-name", master_name),
                               patience);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::command) throw;
        throw Error(ErrorKind::refused,
                    std::string(error.what()) + "; check that REDIS_SENTINELS leads to a Sentinel",
                    error.code());
    }
}

// Without a login first: a sentinel that has no password refuses every one.
Reply ask_with_login(Endpoint sentinel, const Endpoint& server, const Wait& wait) {
    try {
        return ask(sentinel, server.master_name, wait);
    } catch (const Error& error) {
        if (error.code() != "NOAUTH" || server.password.empty()) throw;
    }
    sentinel.user = server.user;
    sentinel.password = server.password;
    sentinel.connect_timeout = left_until(wait.deadline);
    return ask(sentinel, server.master_name, wait);
}

bool is_host(std::string_view text) {
    constexpr std::size_t longest = 253;
    return !text.empty() && text.size() <= longest &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '.' || c == '-' || c == '_' || c == ':';
           });
}

std::optional<std::uint16_t> to_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, port);
    if (read.ec != std::errc{} || read.ptr != end || port == 0) return std::nullopt;
    return port;
}

void take_address(Endpoint& endpoint, const Reply& reply, const std::string& sentinel) {
    if (reply.is_nil())
        throw Error(ErrorKind::refused, "Redis " + sentinel + " knows no master named " +
                                            endpoint.master_name +
                                            "; check REDIS_MASTER, and `sentinel monitor` there");
    const Reply::Array& parts = reply.array();
    const auto port = parts.size() == 2 ? to_port(parts[1].text()) : std::nullopt;
    if (!port || !is_host(parts[0].text()))
        throw Error(ErrorKind::protocol, "Redis " + sentinel + " gave no address for master " +
                                             endpoint.master_name +
                                             "; check that REDIS_SENTINELS leads to a Sentinel");
    endpoint.host = parts[0].text();
    endpoint.port = *port;
}

// That a sentinel is away tells less than what another one has against us.
bool tells_more(const Error& error, const std::optional<Error>& than) {
    const auto away = [](const Error& e) {
        return e.kind() == ErrorKind::unreachable || e.kind() == ErrorKind::timeout;
    };
    return !than || (away(*than) && !away(error));
}

}  // namespace

void find_master(Endpoint& endpoint, const Wait& wait) {
    auto& sentinels = endpoint.sentinels;
    std::optional<Error> trouble;
    for (std::size_t index = 0; index < sentinels.size(); ++index) {
        const Wait share = share_of(wait, sentinels.size() - index);
        const Endpoint sentinel = endpoint_of(sentinels[index], endpoint, share);
        try {
            const Reply reply = ask_with_login(sentinel, endpoint, share);
            take_address(endpoint, reply, sentinel.describe());
            const auto knew = sentinels.begin() + static_cast<std::ptrdiff_t>(index);
            std::rotate(sentinels.begin(), knew, sentinels.end());
            return;
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::cancelled) throw;
            if (tells_more(error, trouble)) trouble = error;
        }
    }
    endpoint.host.clear();
    throw Error(trouble->kind(),
                "Redis " + endpoint.describe() + " cannot be found: " + trouble->what(),
                trouble->code());
}

}  // namespace nexus::redis
