#include "docker/protocol.hpp"

#include <algorithm>

#include "docker/answers.hpp"
#include "docker/errors.hpp"
#include "docker/pull.hpp"
#include "docker/requests.hpp"
#include "engine/container_events.hpp"
#include "engine/requests.hpp"

namespace nexus::docker {

engine::Agreement negotiate(const engine::Engine& engine, const std::string& theirs) {
    const auto version = engine::parse_api_version(theirs);
    if (!version) {
        throw BackendError(Code::unsupported,
                           engine.name() + " did not name its API version: is it a Docker Engine?",
                           false);
    }
    if (*version < oldest_api) {
        throw BackendError(Code::unsupported,
                           engine.name() + " is too old: it speaks API " + version->text() +
                               ", at least " + oldest_api.text() +
                               " (Docker Engine 20.10) is needed",
                           false);
    }
    const std::string agreed = std::min(*version, newest_api).text();
    return {agreed, "/v" + agreed};
}

engine::Dialect dialect() {
    return {
        {"Docker Engine", "dockerd", "api-version", negotiate, to_error},
        "t",
        engine::follow_events({{"label", {engine::tenant_label}}},
                              {"create", "start", "die", "destroy", "oom", "health_status"}),
        parse_info,
        container_stats,
        parse_stats,
        inspect_volume,
        [](const engine::ImageReference& image) { return std::vector{image.text()}; },
        pull_image,
        []() -> std::unique_ptr<engine::PullProgress> { return std::make_unique<PullProgress>(); },
        archive_way(),
    };
}

}  // namespace nexus::docker
