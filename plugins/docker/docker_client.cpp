#include "docker/docker_client.hpp"

#include <algorithm>

#include "docker/errors.hpp"
#include "docker/requests.hpp"
#include "engine/text.hpp"

namespace nexus::docker {
namespace {

constexpr std::chrono::seconds ping_time(10);
constexpr int not_modified = 304;  // started already, stopped already
constexpr int not_found = 404;

std::string ping_version(engine::HttpClient& http) {
    CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() + ping_time;
    try {
        const engine::Answer answer = http.send(ctx, ping());
        if (!answer.succeeded()) {
            throw to_error(answer.status, engine::error_message(answer), http.engine().name());
        }
        return answer.header("api-version");
    } catch (const BackendError& error) {
        if (error.code() != Code::timeout) throw;
        throw BackendError(Code::unavailable,
                           http.engine().name() +
                               " accepts connections but did not answer within " +
                               std::to_string(ping_time.count()) + " s",
                           true);
    }
}

void require_success(const engine::Answer& answer, const std::string& what) {
    if (answer.succeeded() || answer.status == not_modified) return;
    throw to_error(answer.status, engine::error_message(answer), what);
}

}  // namespace

ApiVersion negotiate(const engine::Engine& engine, const std::string& theirs) {
    const auto version = parse_api_version(theirs);
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
    return std::min(*version, newest_api);
}

DockerClient::DockerClient(const std::string& endpoint)
    : http_({"Docker Engine", "dockerd", engine::parse_endpoint(endpoint)}),
      api_(negotiate(http_.engine(), ping_version(http_))) {}

engine::Answer DockerClient::call(const CallContext& ctx, const engine::Request& request,
                                  const std::string& what) {
    engine::Answer answer = http_.send(ctx, versioned(request));
    require_success(answer, what);
    return answer;
}

std::optional<engine::Answer> DockerClient::find(const CallContext& ctx,
                                                 const engine::Request& request,
                                                 const std::string& what) {
    engine::Answer answer = http_.send(ctx, versioned(request));
    if (answer.status == not_found) return std::nullopt;
    require_success(answer, what);
    return answer;
}

void DockerClient::stream(const CallContext& ctx, const engine::Request& request,
                          const std::string& what,
                          const std::function<void(std::string_view)>& consume) {
    require_success(http_.stream(ctx, versioned(request), consume), what);
}

engine::Request DockerClient::versioned(engine::Request request) const {
    request.target.insert(0, "/v" + api_.text());
    return request;
}

}  // namespace nexus::docker
