#include "podman/protocol.hpp"

#include "engine/requests.hpp"
#include "podman/answers.hpp"
#include "podman/errors.hpp"
#include "podman/pull.hpp"
#include "podman/requests.hpp"

namespace nexus::podman {
namespace {

// "4.3.1" and "5.0.0-dev" have more than is compared.
std::string_view two_numbers(std::string_view version) {
    const auto first = version.find('.');
    return first == std::string_view::npos ? version
                                           : version.substr(0, version.find('.', first + 1));
}

bool names_registry(const std::string& repository) {
    const auto slash = repository.find('/');
    if (slash == std::string::npos) return false;
    const std::string first = repository.substr(0, slash);
    return first == "localhost" || first.find_first_of(".:") != std::string::npos;
}

}  // namespace

engine::Agreement negotiate(const engine::Engine& engine, const std::string& theirs) {
    const auto version = engine::parse_api_version(two_numbers(theirs));
    if (!version) {
        throw BackendError(Code::unsupported,
                           engine.name() + " did not name its libpod API version: is it Podman?",
                           false);
    }
    if (*version < oldest_api) {
        throw BackendError(Code::unsupported,
                           engine.name() + " is too old: it speaks libpod API " + theirs +
                               ", at least " + oldest_api.text() + " (Podman 4.0) is needed",
                           false);
    }
    return {theirs, "/v" + oldest_api.text() + ".0/libpod"};
}

// No labels in the events' filter: Podman 4.3 takes only those with a value. And no health: its
// event is sent before the engine knows the outcome, so HealthChecks reports it instead.
engine::Dialect dialect() {
    return {
        {"Podman service", "podman system service", "libpod-api-version", negotiate, to_error},
        "timeout",
        engine::follow_events({}, {"create", "start", "died", "remove"}),
        parse_info,
        container_stats,
        parse_stats,
        inspect_volume,
        image_names,
        pull_image,
        []() -> std::unique_ptr<engine::PullProgress> { return std::make_unique<PullProgress>(); },
        archive_way(),
    };
}

std::string default_endpoint(bool system_socket_exists, uid_t user) {
    if (system_socket_exists || user == 0) return std::string("unix://") + system_socket;
    return "unix:///run/user/" + std::to_string(user) + "/podman/podman.sock";
}

std::vector<std::string> image_names(const engine::ImageReference& image) {
    if (names_registry(image.repository)) return {image.text()};
    const bool official = image.repository.find('/') == std::string::npos;
    return {"localhost/" + image.text(),
            std::string("docker.io/") + (official ? "library/" : "") + image.text()};
}

}  // namespace nexus::podman
