// One Docker Engine: speaks the API version that was agreed on and turns its errors into ours.
// Threads: any number at once.
#pragma once

#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "docker/answers.hpp"
#include "engine/answer.hpp"
#include "engine/http_client.hpp"
#include "engine/request.hpp"

namespace nexus::docker {

// The API versions that requests.hpp is written for. Engines from 2023 on refuse less than
// `newest`, and nothing that is used here has changed after it.
inline constexpr ApiVersion oldest_api{1, 41};
inline constexpr ApiVersion newest_api{1, 44};

// What both sides can speak. `theirs` is the header Api-Version of the engine's ping. Throws
// BackendError `unsupported` for an engine that is too old, or that is no Docker Engine.
ApiVersion negotiate(const engine::Engine& engine, const std::string& theirs);

class DockerClient {
  public:
    // Connects and agrees on the version. Throws BackendError `invalid` for an endpoint that is
    // malformed, `unavailable` where nobody answers, and what negotiate throws.
    explicit DockerClient(const std::string& endpoint);

    const ApiVersion& api() const noexcept { return api_; }
    const engine::Engine& engine() const noexcept { return http_.engine(); }

    // The answer where it is a success, or says that there was nothing to do. Throws to_error of
    // anything else; `what` is what is being done, for the message.
    engine::Answer call(const CallContext& ctx, const engine::Request& request,
                        const std::string& what);
    // The same, but nothing where the object is not there.
    std::optional<engine::Answer> find(const CallContext& ctx, const engine::Request& request,
                                       const std::string& what);
    // The same as call, with the body handed on as it comes.
    void stream(const CallContext& ctx, const engine::Request& request, const std::string& what,
                const std::function<void(std::string_view)>& consume);

    // call, and what `parse` makes of the body.
    template <typename Parse>
    auto call(const CallContext& ctx, const engine::Request& request, const std::string& what,
              Parse parse) {
        return engine::read(engine(), request, call(ctx, request, what), parse);
    }
    // find, and what `parse` makes of the body.
    template <typename Parse>
    auto find(const CallContext& ctx, const engine::Request& request, const std::string& what,
              Parse parse) -> std::optional<decltype(parse(std::string_view()))> {
        const auto answer = find(ctx, request, what);
        if (!answer) return std::nullopt;
        return engine::read(engine(), request, *answer, parse);
    }

  private:
    engine::Request versioned(engine::Request request) const;

    engine::HttpClient http_;
    ApiVersion api_;
};

}  // namespace nexus::docker
