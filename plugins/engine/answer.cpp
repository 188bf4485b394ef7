#include "engine/answer.hpp"

#include "engine/text.hpp"

namespace nexus::engine {
namespace {

struct ErrorBody {
    std::string message;
};

template <typename Visit, codec::Is<ErrorBody> T>
void members(Visit& visit, T& value) {
    visit("message", value.message);
}

std::string message_in(std::string_view body) {
    try {
        return short_text(codec::decode<ErrorBody>(body).message);
    } catch (const codec::Malformed&) {
        return short_text(body);
    }
}

}  // namespace

BackendError unreadable(const Engine& engine, const Request& request,
                        const codec::Malformed& problem) {
    return {Code::internal,
            engine.name() + " answered something unexpected (" + request.label() +
                "): " + short_text(problem.what()),
            false};
}

std::string error_message(const Answer& answer) {
    const std::string message = message_in(answer.body);
    return message.empty() ? "HTTP status " + std::to_string(answer.status) : message;
}

}  // namespace nexus::engine
