#include "config/redis_url.hpp"

#include <sys/un.h>

#include <utility>

#include "config/characters.hpp"
#include "config/host_port.hpp"
#include "config/percent.hpp"

namespace nexus::config {
namespace {

using Problem = std::optional<std::string>;

constexpr std::string_view scheme_end = "://";
constexpr std::string_view example = "redis://default:<password>@10.0.0.2:6379/0";

// Bytes that RFC 3986 lets stand for themselves somewhere in a URL.
bool is_url_byte(char c) {
    return is_alnum(c) || std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string::npos;
}

bool is_userinfo_byte(char c) {
    return is_url_byte(c) && std::string_view("/?#[]@").find(c) == std::string::npos;
}

std::optional<RedisScheme> scheme_of(std::string_view name) {
    if (name == "redis") return RedisScheme::redis;
    if (name == "rediss") return RedisScheme::rediss;
    if (name == "unix") return RedisScheme::unix_socket;
    return std::nullopt;
}

Problem read_userinfo(std::string_view userinfo, RedisUrl& url) {
    const auto [user, password] = cut(userinfo, ':');
    if (!password) {
        return "has no ':' before the '@'; write user:password@, or :password@ without a user";
    }
    if (!all_are(userinfo, is_userinfo_byte)) {
        return "has a user or password with a character that needs percent-encoding; write @ as "
               "%40, / as %2F, ? as %3F, # as %23";
    }
    auto decoded_user = percent_decoded(user);
    auto decoded_password = percent_decoded(*password);
    if (!decoded_user || !decoded_password) {
        return "has a '%' in user or password that two hexadecimal digits other than 00 do not "
               "follow; write % itself as %25";
    }
    if (!user.empty() && password->empty()) {
        return "has a user but no password; write user:password@, or leave both out";
    }
    url.user = std::move(*decoded_user);
    url.password = std::move(*decoded_password);
    return std::nullopt;
}

Problem read_database(std::string_view text, RedisUrl& url) {
    constexpr std::int64_t most = 65535;
    const auto number = parse_digits(text);
    if (!number || *number > most) {
        return "has a bad database number; write 0 to 65535, like " + std::string(example);
    }
    url.database = static_cast<int>(*number);
    return std::nullopt;
}

Problem read_server(std::string_view rest, RedisUrl& url) {
    const auto slash = rest.find_first_of("/?#");
    const auto server = rest.substr(0, slash);
    const auto tail = slash == std::string_view::npos ? "" : rest.substr(slash);
    if (server.empty() || server.front() == ':') {
        return "has no host; write it like " + std::string(example);
    }
    auto parsed = parse_host_port(server, url.port);
    if (const auto* problem = std::get_if<std::string>(&parsed)) return *problem;
    auto& place = std::get<HostPort>(parsed);
    url.host = std::move(place.host);
    url.port = place.port;
    if (tail.find_first_of("?#") != std::string_view::npos) {
        return "has a '?' or '#' behind the host, which means nothing here; the database stands "
               "behind a '/', like " +
               std::string(example);
    }
    if (tail.size() <= 1) return std::nullopt;
    return read_database(tail.substr(1), url);
}

Problem read_socket(std::string_view rest, RedisUrl& url) {
    const auto [path, query] = cut(rest, '?');
    if (path.size() < 2 || path.front() != '/') {
        return "must name the socket by an absolute path; write it like "
               "unix:///run/redis/redis.sock";
    }
    auto decoded = percent_decoded(path);
    if (!decoded || path.find('#') != std::string_view::npos) {
        return "has a '#' or a bad '%' in the path; write # as %23 and % as %25";
    }
    if (decoded->size() >= sizeof(sockaddr_un::sun_path)) {
        return "has a path too long for a unix socket; at most 107 bytes are possible";
    }
    url.path = std::move(*decoded);
    url.port = 0;
    if (!query) return std::nullopt;
    if (!query->starts_with("db=")) return "may have only ?db=<database> behind the path";
    return read_database(query->substr(3), url);
}

Problem read(std::string_view text, RedisUrl& url) {
    constexpr std::size_t longest = 4096;
    if (text.size() > longest) return "is longer than 4096 bytes";
    const auto end = text.find(scheme_end);
    if (end == std::string_view::npos) {
        return "has no scheme; begin with redis://, rediss:// or unix://, like " +
               std::string(example);
    }
    const auto scheme = scheme_of(text.substr(0, end));
    if (!scheme) return "has an unknown scheme; begin with redis://, rediss:// or unix://";
    url.scheme = *scheme;
    if (!all_are(text, is_url_byte)) {
        return "has a character that needs percent-encoding (a blank, a quote, '<', '>', a letter "
               "outside ASCII, …); write it as % and two hexadecimal digits";
    }
    auto rest = text.substr(end + scheme_end.size());
    // An '@' in a socket's path is a plain character.
    const bool is_socket = url.scheme == RedisScheme::unix_socket;
    const auto at = (is_socket ? rest.substr(0, rest.find('/')) : rest).rfind('@');
    if (at != std::string_view::npos) {
        if (auto problem = read_userinfo(rest.substr(0, at), url)) return problem;
        rest.remove_prefix(at + 1);
    }
    return is_socket ? read_socket(rest, url) : read_server(rest, url);
}

}  // namespace

Parsed<RedisUrl> parse_redis_url(std::string_view text) {
    RedisUrl url;
    if (auto problem = read(text, url)) return std::move(*problem);
    return url;
}

std::string RedisUrl::shown() const {
    if (scheme == RedisScheme::unix_socket) {
        return "unix://" + path + "?db=" + std::to_string(database);
    }
    const bool brackets = host.find(':') != std::string::npos;
    return (scheme == RedisScheme::rediss ? "rediss://" : "redis://") +
           (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/" +
           std::to_string(database);
}

bool is_local(const RedisUrl& url) {
    return url.scheme == RedisScheme::unix_socket || is_loopback_host(url.host);
}

std::vector<std::string> redis_url_secrets(std::string_view text) {
    std::vector<std::string> secrets{std::string(text)};
    const auto at = text.rfind('@');
    if (at == std::string_view::npos) return secrets;
    auto userinfo = text.substr(0, at);
    const auto end = userinfo.find(scheme_end);
    if (end != std::string_view::npos) userinfo.remove_prefix(end + scheme_end.size());
    const auto [user, password] = cut(userinfo, ':');
    const auto encoded = password.value_or(user);
    secrets.emplace_back(encoded);
    if (auto decoded = percent_decoded(encoded); decoded && *decoded != encoded) {
        secrets.push_back(std::move(*decoded));
    }
    return secrets;
}

}  // namespace nexus::config
