#include "redis/error.hpp"

#include <algorithm>
#include <array>

namespace nexus::redis {
namespace {

struct Known {
    std::string_view begin;  // a whole code word, or with a blank in it the beginning of the line
    ErrorKind kind;
    std::string_view mend;
};

constexpr std::string_view check_login = "check user and password in REDIS_URL";
constexpr std::string_view no_password_there =
    "this Redis has no password: take it out of REDIS_URL, or give Redis one";
constexpr std::string_view check_database = "check the database number in REDIS_URL";
constexpr std::string_view not_the_primary =
    "REDIS_URL must lead to the primary; behind Sentinel this passes with the failover";
constexpr std::string_view for_a_while = "this passes by itself";
constexpr std::string_view cluster =
    "on Redis Cluster, REDIS_URL must name the node that serves the slot of QUEUE_PREFIX";

constexpr std::array known_errors{
    Known{"NOAUTH", ErrorKind::refused, "put user and password into REDIS_URL"},
    Known{"WRONGPASS", ErrorKind::refused, check_login},
    Known{"ERR invalid password", ErrorKind::refused, check_login},
    Known{"ERR operation not permitted", ErrorKind::refused, check_login},
    Known{"ERR AUTH", ErrorKind::refused, no_password_there},
    Known{"ERR Client sent AUTH", ErrorKind::refused, no_password_there},
    Known{"NOPERM", ErrorKind::refused, "give the user this right in the ACL of Redis"},
    Known{"DENIED", ErrorKind::refused, "give Redis a password, or end its protected mode"},
    Known{"ERR DB index", ErrorKind::refused, check_database},
    Known{"ERR invalid DB index", ErrorKind::refused, check_database},
    Known{"ERR max number of clients", ErrorKind::unreachable, "raise maxclients of Redis"},
    Known{"READONLY", ErrorKind::moved, not_the_primary},
    Known{"MASTERDOWN", ErrorKind::moved, not_the_primary},
    Known{"UNBLOCKED", ErrorKind::moved, not_the_primary},
    Known{"LOADING", ErrorKind::moved, for_a_while},
    Known{"BUSY", ErrorKind::moved, for_a_while},
    Known{"TRYAGAIN", ErrorKind::moved, for_a_while},
    Known{"NOREPLICAS", ErrorKind::moved, "bring the replicas of this Redis back"},
    Known{"CLUSTERDOWN", ErrorKind::moved, "mend the cluster"},
    Known{"MOVED", ErrorKind::moved, cluster},
    Known{"ASK", ErrorKind::moved, cluster},
};

const Known* find_known(std::string_view line) noexcept {
    const auto* found =
        std::find_if(known_errors.begin(), known_errors.end(), [line](const Known& known) {
            const bool is_word = known.begin.find(' ') == std::string_view::npos;
            return is_word ? code_word(line) == known.begin : line.starts_with(known.begin);
        });
    return found == known_errors.end() ? nullptr : found;
}

void blot_out(std::string& text, std::string_view secret) {
    if (secret.empty()) return;
    constexpr std::string_view blot = "***";
    for (auto at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + blot.size())) {
        text.replace(at, secret.size(), blot);
    }
}

// The line is a stranger's: bounded, and without what would break a log line or a terminal.
std::string printable(std::string_view line, std::string_view secret) {
    constexpr std::size_t most = 300;
    std::string text(line);
    blot_out(text, secret);
    if (text.size() > most) text.replace(most, std::string::npos, "...");
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
}

}  // namespace

std::string_view to_string(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::unreachable:
            return "unreachable";
        case ErrorKind::moved:
            return "moved";
        case ErrorKind::refused:
            return "refused";
        case ErrorKind::protocol:
            return "protocol";
        case ErrorKind::timeout:
            return "timeout";
        case ErrorKind::command:
            return "command";
        case ErrorKind::cancelled:
            return "cancelled";
    }
    return "unknown";
}

ErrorKind classify(std::string_view line) noexcept {
    const Known* known = find_known(line);
    return known == nullptr ? ErrorKind::command : known->kind;
}

std::string_view code_word(std::string_view line) noexcept {
    constexpr std::size_t longest = 32;
    const std::string_view word = line.substr(0, line.find(' '));
    const bool capitals =
        std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return capitals && word.size() <= longest ? word : std::string_view{};
}

Error error_from_reply(std::string_view line, std::string_view peer, std::string_view secret) {
    std::string message = "Redis ";
    if (!peer.empty()) message.append(peer).append(" ");
    message.append("answered \"").append(printable(line, secret)).append("\"");
    const Known* known = find_known(line);
    if (known != nullptr) message.append("; ").append(known->mend);
    return {classify(line), message, std::string(code_word(line))};
}

}  // namespace nexus::redis
