#include "engine/api_client.hpp"

namespace nexus::engine {
namespace {

constexpr std::chrono::seconds ping_time(10);
constexpr int not_modified = 304;  // started already, stopped already
constexpr int not_found = 404;
constexpr int inside_stream = 500;  // what the status would have been

}  // namespace

ApiClient::ApiClient(const std::string& endpoint, const Protocol& protocol)
    : protocol_(protocol),
      http_({protocol.product, protocol.daemon, parse_endpoint(endpoint)}),
      agreement_(protocol.agree(http_.engine(), ask_version())) {}

std::string ApiClient::ask_version() {
    CallContext ctx;
    ctx.deadline = std::chrono::steady_clock::now() + ping_time;
    try {
        const Answer answer = http_.send(ctx, {"GET", "/_ping"});
        require_success(answer, engine().name());
        return answer.header(protocol_.version_header);
    } catch (const BackendError& error) {
        if (error.code() != Code::timeout) throw;
        throw BackendError(Code::unavailable,
                           engine().name() + " accepts connections but did not answer within " +
                               std::to_string(ping_time.count()) + " s",
                           true);
    }
}

void ApiClient::require_success(const Answer& answer, const std::string& what) const {
    if (answer.succeeded() || answer.status == not_modified) return;
    throw protocol_.to_error(read_error(answer), what);
}

Request ApiClient::prefixed(Request request) const {
    request.target.insert(0, agreement_.prefix);
    return request;
}

BackendError ApiClient::failure(const std::string& message, const std::string& what) const {
    return protocol_.to_error({inside_stream, message, ""}, what);
}

Answer ApiClient::call(const CallContext& ctx, const Request& request, const std::string& what) {
    Answer answer = http_.send(ctx, prefixed(request));
    require_success(answer, what);
    return answer;
}

std::optional<Answer> ApiClient::find(const CallContext& ctx, const Request& request,
                                      const std::string& what) {
    Answer answer = http_.send(ctx, prefixed(request));
    if (answer.status == not_found) return std::nullopt;
    require_success(answer, what);
    return answer;
}

void ApiClient::stream(const CallContext& ctx, const Request& request, const std::string& what,
                       const std::function<void(std::string_view)>& consume) {
    require_success(http_.stream(ctx, prefixed(request), consume), what);
}

}  // namespace nexus::engine
