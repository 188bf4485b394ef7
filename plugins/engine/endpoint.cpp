#include "engine/endpoint.hpp"

#include <sys/un.h>

#include <charconv>
#include <nexus/backend.hpp>

#include "archive/text.hpp"

namespace nexus::engine {
namespace {

constexpr std::string_view unix_scheme = "unix://";
constexpr std::string_view tcp_scheme = "tcp://";
constexpr std::size_t max_path = sizeof(sockaddr_un::sun_path) - 1;

[[noreturn]] void refuse(std::string_view text, const std::string& problem) {
    throw BackendError(Code::invalid,
                       "endpoint: \"" + archive::short_text(text) + "\" cannot be used: " + problem,
                       false);
}

std::uint16_t parse_port(std::string_view text, std::string_view digits) {
    std::uint16_t port = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, port);
    if (error != std::errc() || stop != end || port == 0) {
        refuse(text, "the port must be a number from 1 to 65535, as in tcp://127.0.0.1:2375");
    }
    return port;
}

Endpoint parse_tcp(std::string_view text, std::string_view rest) {
    const auto colon = rest.rfind(':');
    if (colon == std::string_view::npos || rest.find_first_of("@/?# ") != std::string_view::npos) {
        refuse(text, "write it as tcp://host:port");
    }
    std::string_view host = rest.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (host.empty() || (!bracketed && host.find(':') != std::string_view::npos)) {
        refuse(text, "write it as tcp://host:port, an IPv6 address in brackets");
    }
    const std::uint16_t port = parse_port(text, rest.substr(colon + 1));
    return {std::string(text), "", std::string(host), port};
}

}  // namespace

Endpoint parse_endpoint(std::string_view text) {
    if (text.starts_with(tcp_scheme)) return parse_tcp(text, text.substr(tcp_scheme.size()));
    if (!text.starts_with(unix_scheme)) refuse(text, "it must begin with unix:// or tcp://");
    const std::string_view path = text.substr(unix_scheme.size());
    if (!path.starts_with('/')) {
        refuse(text, "the path must be absolute, as in unix:///var/run/docker.sock");
    }
    if (path.size() > max_path) {
        refuse(text, "a socket's path has at most " + std::to_string(max_path) + " bytes");
    }
    if (path.find('\0') != std::string_view::npos) refuse(text, "the path holds a NUL byte");
    return {std::string(text), std::string(path), "", 0};
}

}  // namespace nexus::engine
