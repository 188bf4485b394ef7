#include "engine/http_client.hpp"

#include <Poco/Exception.h>

#include <mutex>
#include <vector>

#include "engine/connection.hpp"

namespace nexus::engine {
namespace {

using Poco::Net::SocketAddress;

// Of an error's body; the sentence that is made of it is far shorter.
constexpr std::size_t max_error_body = 64U << 10U;

SocketAddress resolve(const Engine& engine) {
    const Endpoint& endpoint = engine.endpoint;
    try {
        if (!endpoint.path.empty()) return {SocketAddress::UNIX_LOCAL, endpoint.path};
        return {endpoint.host, endpoint.port};
    } catch (const Poco::Exception&) {
        throw BackendError(Code::unavailable,
                           engine.name() + " cannot be reached: its host name is not known", true);
    }
}

}  // namespace

class HttpClient::Pool {
  public:
    explicit Pool(const Engine& engine) : engine_(engine), address_(resolve(engine)) {}

    Answer exchange(const CallContext& ctx, const Request& request, const BodyConsumer& consume) {
        if (const auto kept = take()) {
            try {
                return exchange_over(kept, ctx, request, consume);
            } catch (const BackendError& error) {
                const bool stale = error.code() == Code::unavailable && !kept->was_answered();
                if (!stale || !request.idempotent) throw;
            }
        }
        return exchange_over(std::make_shared<Connection>(ctx, engine_, address_), ctx, request,
                             consume);
    }

  private:
    using Shared = std::shared_ptr<Connection>;

    Answer exchange_over(const Shared& connection, const CallContext& ctx, const Request& request,
                         const BodyConsumer& consume) {
        Answer answer = connection->exchange(ctx, request, consume);
        give_back(connection);
        return answer;
    }

    Shared take() {
        const std::lock_guard lock(mutex_);
        while (!idle_.empty()) {
            Shared connection = std::move(idle_.back());
            idle_.pop_back();
            if (connection->is_reusable()) return connection;
        }
        return nullptr;
    }

    void give_back(const Shared& connection) {
        if (!connection->is_reusable()) return;
        const std::lock_guard lock(mutex_);
        if (idle_.size() < max_idle) idle_.push_back(connection);
    }

    const Engine& engine_;
    const SocketAddress address_;
    std::mutex mutex_;
    std::vector<Shared> idle_;
};

HttpClient::HttpClient(Engine engine)
    : engine_(std::move(engine)), pool_(std::make_unique<Pool>(engine_)) {}

HttpClient::~HttpClient() = default;

Answer HttpClient::send(const CallContext& ctx, const Request& request) {
    std::string body;
    Answer answer =
        pool_->exchange(ctx, request, [&](const Answer& /*head*/, std::string_view piece) {
            if (piece.size() > max_body - body.size()) {
                throw BackendError(Code::internal,
                                   engine_.name() + " answered more than " +
                                       std::to_string(max_body >> 20U) + " MiB (" +
                                       request.label() + ")",
                                   false);
            }
            body += piece;
        });
    answer.body = std::move(body);
    return answer;
}

Answer HttpClient::stream(const CallContext& ctx, const Request& request,
                          const std::function<void(std::string_view)>& consume,
                          const std::function<void()>& begun) {
    std::string error_body;
    Answer answer = pool_->exchange(ctx, request, [&](const Answer& head, std::string_view piece) {
        if (head.succeeded()) {
            piece.empty() ? begun() : consume(piece);
        } else {
            error_body += piece.substr(0, max_error_body - error_body.size());
        }
    });
    answer.body = std::move(error_body);
    return answer;
}

}  // namespace nexus::engine
