#include "engine/registry_auth.hpp"

#include <nexus/codec.hpp>
#include <optional>

namespace nexus::engine {
namespace {

struct AuthHeader {
    std::string username;
    std::string password;
    std::string server;
    std::optional<std::string> identity_token;
};

template <typename Visit, codec::Is<AuthHeader> T>
void members(Visit& visit, T& value) {
    visit("username", value.username);
    visit("password", value.password);
    visit("serveraddress", value.server);
    visit("identitytoken", value.identity_token);
}

std::string base64url(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string result;
    unsigned pending = 0;
    unsigned bits = 0;
    const auto take_digit = [&](unsigned value) { result += digits[value & 0x3FU]; };
    for (const char c : bytes) {
        pending = (pending << 8U) | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            take_digit(pending >> bits);
        }
        pending &= 0x3FU;
    }
    if (bits > 0) take_digit(pending << (6 - bits));
    result.append((4 - result.size() % 4) % 4, '=');
    return result;
}

}  // namespace

void authorize(Request& pull, const RegistryAuth& auth) {
    if (auth.username.empty() && auth.identity_token.empty()) return;
    AuthHeader header{auth.username, auth.password, auth.server, std::nullopt};
    if (!auth.identity_token.empty()) header.identity_token = auth.identity_token;
    pull.headers["X-Registry-Auth"] = base64url(codec::encode(header));
}

}  // namespace nexus::engine
