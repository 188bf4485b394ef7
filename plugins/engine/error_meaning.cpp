#include "engine/error_meaning.hpp"

#include <algorithm>
#include <array>

namespace nexus::engine {
namespace {

constexpr std::array common{
    Phrase{"no space left on device", {Code::exhausted, false}},
    Phrase{"disk quota exceeded", {Code::exhausted, false}},
    Phrase{"cannot allocate memory", {Code::exhausted, true}},
    Phrase{"toomanyrequests", {Code::unavailable, true}},
    Phrase{"no basic auth credentials", {Code::denied, false}},
    Phrase{"unauthorized", {Code::denied, false}},
    Phrase{"authentication required", {Code::denied, false}},
    Phrase{"invalid username/password", {Code::denied, false}},
    Phrase{"access to the resource is denied", {Code::denied, false}},
    Phrase{"denied: ", {Code::denied, false}},
    Phrase{"repository name must be lowercase", {Code::invalid, false}},
    Phrase{"invalid reference format", {Code::invalid, false}},
    Phrase{"manifest unknown", {Code::not_found, false}},
    Phrase{"name unknown", {Code::not_found, false}},
    Phrase{"blob unknown", {Code::not_found, false}},
    Phrase{"manifest for ", {Code::not_found, false}},
    Phrase{"no matching manifest", {Code::not_found, false}},
    Phrase{"connection refused", {Code::unavailable, true}},
    Phrase{"connection reset", {Code::unavailable, true}},
    Phrase{"no such host", {Code::unavailable, true}},
    Phrase{"i/o timeout", {Code::unavailable, true}},
    Phrase{"tls handshake timeout", {Code::unavailable, true}},
    Phrase{"client.timeout exceeded", {Code::unavailable, true}},
    Phrase{"network is unreachable", {Code::unavailable, true}},
    Phrase{"no route to host", {Code::unavailable, true}},
    Phrase{"unexpected eof", {Code::unavailable, true}},
    Phrase{"server gave http response to https client", {Code::unavailable, false}},
    Phrase{"certificate", {Code::unavailable, false}},
};

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

Meaning meaning_of_status(int status) {
    constexpr int first_server_error = 500;
    switch (status) {
        case 400:
            return {Code::invalid, false};
        case 401:
        case 403:
            return {Code::denied, false};
        case 404:
            return {Code::not_found, false};
        case 409:
            return {Code::conflict, false};
        case 501:
            return {Code::unsupported, false};
        case 503:
            return {Code::unavailable, true};
        default:
            return {Code::internal, status >= first_server_error};
    }
}

}  // namespace

Meaning meaning_of(int status, std::string_view message, std::span<const Phrase> own) {
    const std::string text = lower(message);
    for (const auto& phrases : {own, std::span<const Phrase>(common)}) {
        const auto found = std::find_if(
            phrases.begin(), phrases.end(),
            [&text](const Phrase& phrase) { return text.find(phrase.text) != std::string::npos; });
        if (found != phrases.end()) return found->meaning;
    }
    return meaning_of_status(status);
}

}  // namespace nexus::engine
