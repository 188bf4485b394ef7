#include "docker/errors.hpp"

#include <array>

#include "archive/text.hpp"
#include "engine/error_meaning.hpp"

namespace nexus::docker {
namespace {

using engine::Phrase;

constexpr std::array phrases{
    Phrase{"could not find an available", {Code::exhausted, false}},
    Phrase{"pool overlaps with other one", {Code::conflict, false}},
    Phrase{"has active endpoints", {Code::conflict, false}},
    Phrase{"invalid subnet", {Code::invalid, false}},
    Phrase{"invalid pool request", {Code::invalid, false}},
    Phrase{"is too new. maximum supported", {Code::unsupported, false}},
    Phrase{"is too old. minimum supported", {Code::unsupported, false}},
    Phrase{"pull access denied", {Code::denied, false}},
};

// containerd has what Docker had asked it for, and Docker does not know that it did.
bool is_left_of_a_crash(std::string_view message) {
    return (message.starts_with("task ") && message.ends_with(": already exists")) ||
           message == "id already in use";
}

}  // namespace

BackendError to_error(const engine::EngineError& error, const std::string& what) {
    const auto meaning = engine::meaning_of(error.status, error.message, phrases);
    std::string message = what + ": " + archive::short_text(error.message);
    // The engine does not go on from there, however often it is restarted.
    if (is_left_of_a_crash(error.message)) {
        message +=
            "; a crash of the engine has left this behind: see that the container's program does "
            "not run, then remove the container with docker rm -f; it is made again, and its "
            "volumes stay";
    }
    return {meaning.code, message, meaning.retryable};
}

}  // namespace nexus::docker
