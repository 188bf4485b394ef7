#include "podman/errors.hpp"

#include <algorithm>
#include <array>

#include "archive/text.hpp"
#include "engine/error_meaning.hpp"

namespace nexus::podman {
namespace {

using engine::Meaning;
using engine::Phrase;

constexpr std::string_view no_init = "container-init binary not found";

constexpr std::string_view half_line = "is not a valid container log line";

constexpr std::array phrases{
    Phrase{half_line, {Code::unavailable, true}},
    Phrase{no_init, {Code::unsupported, false}},
    Phrase{"is already used on the host or by another config", {Code::conflict, false}},
    Phrase{"could not find free subnet", {Code::exhausted, false}},
    Phrase{"failed to find free ip", {Code::exhausted, false}},
    Phrase{"invalid cidr address", {Code::invalid, false}},
    Phrase{"unknown capability", {Code::invalid, false}},
    Phrase{"no command or entrypoint provided", {Code::invalid, false}},
    Phrase{"no such container", {Code::not_found, false}},
    Phrase{"no such volume", {Code::not_found, false}},
    Phrase{"network not found", {Code::not_found, false}},
    Phrase{"image not known", {Code::not_found, false}},
    Phrase{"no unqualified-search registries", {Code::not_found, false}},
    Phrase{"that name is already in use", {Code::conflict, false}},
    Phrase{"unique constraint failed", {Code::conflict, false}},  // of Podman 5's database
    Phrase{"volume already exists", {Code::conflict, false}},
    Phrase{"network already exists", {Code::conflict, false}},
    Phrase{"container already exists", {Code::conflict, false}},
    Phrase{"volume is being used", {Code::conflict, false}},
    Phrase{"network is being used", {Code::conflict, false}},
    Phrase{"image is in use by a container", {Code::conflict, false}},
    Phrase{"tag not known", {Code::conflict, false}},  // of a digest beside another name
    Phrase{"container state improper", {Code::conflict, false}},
};

// The cause alone: these words stand in other failures' messages as well.
constexpr std::array causes{
    Phrase{"invalid argument", {Code::invalid, false}},
    Phrase{"no such file or directory", {Code::invalid, false}},
    Phrase{"OCI permission denied", {Code::invalid, false}},
    Phrase{"OCI runtime attempted to invoke a command that was not found", {Code::invalid, false}},
};

Meaning meaning_of(const engine::EngineError& error) {
    const auto meaning = engine::meaning_of(error.status, error.message, phrases);
    if (meaning.code != Code::internal) return meaning;
    const auto* const cause =
        std::find_if(causes.begin(), causes.end(),
                     [&error](const Phrase& phrase) { return phrase.text == error.cause; });
    return cause == causes.end() ? meaning : cause->meaning;
}

}  // namespace

BackendError to_error(const engine::EngineError& error, const std::string& what) {
    const auto meaning = meaning_of(error);
    std::string message = what + ": " + archive::short_text(error.message);
    if (error.message.find(no_init) != std::string::npos) {
        message += "; install the package catatonit on the engine's host";
    }
    return {meaning.code, message, meaning.retryable};
}

bool is_runtime_refusal(const BackendError& error) {
    constexpr std::array<std::string_view, 3> verbs{" pause ", " resume ", " start "};
    const std::string_view text = error.what();
    return error.code() == Code::internal &&
           std::any_of(verbs.begin(), verbs.end(),
                       [text](std::string_view verb) { return text.find(verb) != text.npos; }) &&
           text.find("failed: exit status") != std::string_view::npos;
}

bool is_half_removed(const BackendError& error) {
    const std::string_view text = error.what();
    return error.code() == Code::internal &&
           (text.find("getting container from store") != std::string_view::npos ||
            text.find("reading information about layer") != std::string_view::npos);
}

bool is_name_taken(const BackendError& error) {
    return error.code() == Code::conflict &&
           std::string_view(error.what()).find("already in use") != std::string_view::npos;
}

bool is_half_written_log(const BackendError& error) {
    return std::string_view(error.what()).find(half_line) != std::string_view::npos;
}

}  // namespace nexus::podman
