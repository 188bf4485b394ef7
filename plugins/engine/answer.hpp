// Reading what an engine answered. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <nexus/codec.hpp>
#include <string>
#include <string_view>

#include "engine/endpoint.hpp"
#include "engine/request.hpp"

namespace nexus::engine {

// `internal`: the answer to `request` is not JSON, or not of the shape that belongs there.
BackendError unreadable(const Engine& engine, const Request& request,
                        const codec::Malformed& problem);

// What `parse` makes of the body. Throws BackendError `internal` where that throws
// codec::Malformed.
template <typename Parse>
auto read(const Engine& engine, const Request& request, const Answer& answer, Parse parse) {
    try {
        return parse(std::string_view(answer.body));
    } catch (const codec::Malformed& problem) {
        throw unreadable(engine, request, problem);
    }
}

// What an engine says about a failure.
struct EngineError {
    int status = 0;
    std::string message;  // short_text, never empty
    std::string cause;    // Podman only: the innermost sentence, always the same for one failure
};

// The members `message` and `cause` of the body, or the text itself where it is no such JSON.
EngineError read_error(const Answer& answer);

}  // namespace nexus::engine
