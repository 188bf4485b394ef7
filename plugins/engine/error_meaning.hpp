// What an engine's error means to a caller. Engines pass many errors of others on with one status
// for all, mostly 500, so the words count before the status. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <span>
#include <string>
#include <string_view>

namespace nexus::engine {

struct Meaning {
    Code code;
    bool retryable;
};

struct Phrase {
    std::string_view text;  // in lower case
    Meaning meaning;
};

// That of the first phrase in `message`: of the engine's own, then of those that come from the
// kernel, the network and registries, whatever engine passes them on; else that of the HTTP status,
// which is 500 for an error inside a stream.
Meaning meaning_of(int status, std::string_view message, std::span<const Phrase> own);

}  // namespace nexus::engine
