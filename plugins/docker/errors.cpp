#include "docker/errors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/text.hpp"

namespace nexus::docker {
namespace {

struct Meaning {
    Code code;
    bool retryable;
};

struct Phrase {
    std::string_view text;  // in lower case
    Meaning meaning;
};

// The engine passes many errors of others on with one status for all, mostly 500. The first phrase
// that is found counts.
constexpr std::array phrases{
    Phrase{"no space left on device", {Code::exhausted, false}},
    Phrase{"disk quota exceeded", {Code::exhausted, false}},
    Phrase{"cannot allocate memory", {Code::exhausted, true}},
    Phrase{"could not find an available", {Code::exhausted, false}},
    Phrase{"pool overlaps with other one", {Code::conflict, false}},
    Phrase{"has active endpoints", {Code::conflict, false}},
    Phrase{"invalid subnet", {Code::invalid, false}},
    Phrase{"invalid pool request", {Code::invalid, false}},
    Phrase{"is too new. maximum supported", {Code::unsupported, false}},
    Phrase{"is too old. minimum supported", {Code::unsupported, false}},
    Phrase{"toomanyrequests", {Code::unavailable, true}},
    Phrase{"no basic auth credentials", {Code::denied, false}},
    Phrase{"unauthorized", {Code::denied, false}},
    Phrase{"authentication required", {Code::denied, false}},
    Phrase{"pull access denied", {Code::denied, false}},
    Phrase{"denied: ", {Code::denied, false}},
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

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
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

Meaning meaning_of(int status, const std::string& message) {
    const std::string text = lower(message);
    const auto* const found = std::find_if(
        phrases.begin(), phrases.end(),
        [&text](const Phrase& phrase) { return text.find(phrase.text) != std::string::npos; });
    return found == phrases.end() ? meaning_of_status(status) : found->meaning;
}

}  // namespace

BackendError to_error(int status, const std::string& message, const std::string& what) {
    const Meaning meaning = meaning_of(status, message);
    return {meaning.code, what + ": " + engine::short_text(message), meaning.retryable};
}

}  // namespace nexus::docker
