// One engine: asks for its version once, puts what was agreed on in front of every request, and
// turns its errors into ours. Threads: any number at once.
#pragma once

#include <functional>
#include <nexus/backend.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/answer.hpp"
#include "engine/http_client.hpp"
#include "engine/request.hpp"

namespace nexus::engine {

// What both sides speak.
struct Agreement {
    std::string version;  // for people
    std::string prefix;   // in front of every target
};

// How one kind of engine is spoken to.
struct Protocol {
    std::string product;         // as in Engine
    std::string daemon;          // as in Engine
    std::string version_header;  // of the answer to a ping, in lower case
    // `theirs` is that header, perhaps empty. Throws BackendError `unsupported`.
    Agreement (*agree)(const Engine& engine, const std::string& theirs);
    // `what` is the thing that was tried, such as "starting container a".
    BackendError (*to_error)(const EngineError& error, const std::string& what);
};

class ApiClient {
  public:
    // Connects and agrees on the version. Throws BackendError `invalid` for an endpoint that is
    // malformed, `unavailable` where nobody answers, and what `agree` throws.
    ApiClient(const std::string& endpoint, const Protocol& protocol);

    const std::string& api_version() const noexcept { return agreement_.version; }
    const Engine& engine() const noexcept { return http_.engine(); }
    HttpClient& http() noexcept { return http_; }
    // `request` with the prefix.
    Request prefixed(Request request) const;
    // What the engine's words about a failure, found inside a stream, mean.
    BackendError failure(const std::string& message, const std::string& what) const;

    // The answer where it is a success, or says that there was nothing to do. Throws what to_error
    // makes of anything else.
    Answer call(const CallContext& ctx, const Request& request, const std::string& what);
    // The same, but nothing where the object is not there.
    std::optional<Answer> find(const CallContext& ctx, const Request& request,
                               const std::string& what);
    // The same as call, with the body handed on as it comes.
    void stream(const CallContext& ctx, const Request& request, const std::string& what,
                const std::function<void(std::string_view)>& consume);

    // call, and what `parse` makes of the body.
    template <typename Parse>
    auto call(const CallContext& ctx, const Request& request, const std::string& what,
              Parse parse) {
        return read(engine(), request, call(ctx, request, what), parse);
    }
    // find, and what `parse` makes of the body.
    template <typename Parse>
    auto find(const CallContext& ctx, const Request& request, const std::string& what, Parse parse)
        -> std::optional<decltype(parse(std::string_view()))> {
        const auto answer = find(ctx, request, what);
        if (!answer) return std::nullopt;
        return read(engine(), request, *answer, parse);
    }

  private:
    std::string ask_version();
    void require_success(const Answer& answer, const std::string& what) const;

    const Protocol protocol_;
    HttpClient http_;
    const Agreement agreement_;
};

}  // namespace nexus::engine
