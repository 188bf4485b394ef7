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

}  // namespace

BackendError to_error(const engine::EngineError& error, const std::string& what) {
    const auto meaning = engine::meaning_of(error.status, error.message, phrases);
    return {meaning.code, what + ": " + archive::short_text(error.message), meaning.retryable};
}

}  // namespace nexus::docker
