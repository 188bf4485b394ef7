#include "engine/answer.hpp"

#include "archive/text.hpp"

namespace nexus::engine {
namespace {

struct ErrorBody {
    std::string message;
    std::string cause;
};

template <typename Visit, codec::Is<ErrorBody> T>
void members(Visit& visit, T& value) {
    visit("message", value.message);
    visit("cause", value.cause);
}

ErrorBody error_in(std::string_view body) {
    try {
        return codec::decode<ErrorBody>(body);
    } catch (const codec::Malformed&) {
        return {std::string(body), ""};
    }
}

}  // namespace

BackendError unreadable(const Engine& engine, const Request& request,
                        const codec::Malformed& problem) {
    return {Code::internal,
            engine.name() + " answered something unexpected (" + request.label() +
                "): " + archive::short_text(problem.what()),
            false};
}

EngineError read_error(const Answer& answer) {
    const ErrorBody body = error_in(answer.body);
    const std::string message = archive::short_text(body.message);
    return {answer.status,
            message.empty() ? "HTTP status " + std::to_string(answer.status) : message,
            archive::short_text(body.cause)};
}

}  // namespace nexus::engine
