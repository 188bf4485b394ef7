#include "engine/event_feed.hpp"

#include <nexus/codec.hpp>

#include "archive/text.hpp"
#include "archive/wait.hpp"
#include "engine/answer.hpp"
#include "engine/line_splitter.hpp"
#include "engine/object_answers.hpp"

namespace nexus::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause(100);
constexpr milliseconds longest_pause(5'000);

struct Actor {
    Labels attributes;
};

template <typename Visit, codec::Is<Actor> T>
void members(Visit& visit, T& value) {
    visit("Attributes", value.attributes);
}

// An event, or the error that Podman writes in place of one.
struct Line {
    std::string type;
    std::string action;
    Actor actor;
    std::string health;
    std::string message;
    std::int64_t response = 0;
};

template <typename Visit, codec::Is<Line> T>
void members(Visit& visit, T& value) {
    visit("Type", value.type);
    visit("Action", value.action);
    visit("Actor", value.actor);
    visit("HealthStatus", value.health);
    visit("message", value.message);
    visit("response", value.response);
}

CallContext without_end(const CancelSignal& stop) {
    CallContext ctx = stop.within(milliseconds(0));
    ctx.deadline = std::chrono::steady_clock::time_point::max();
    return ctx;
}

}  // namespace

EventFeed::EventFeed(HttpClient& http, Request request, const PluginHost& host, Translate translate)
    : http_(http),
      request_(std::move(request)),
      host_(host),
      translate_(std::move(translate)),
      ctx_(without_end(stop_)),
      random_(std::random_device{}()),
      pause_(first_pause),
      thread_([this] { run(); }) {}

EventFeed::~EventFeed() {
    stop_.cancel();
    thread_.join();
}

void EventFeed::run() noexcept {
    try {
        for (;;) {
            failed(follow());
            archive::pause(ctx_, next_pause(), "the next try at the engine's events");
        }
    } catch (const BackendError&) {
        // Cancelled: nothing else ends the feed.
    } catch (const std::exception& error) {
        host_.log(NEXUS_LOG_ERROR, error.what());
    }
}

std::string EventFeed::follow() {
    stood_at_.reset();
    event_seen_ = false;
    garbage_seen_ = false;
    LineSplitter lines([this](std::string_view text) { line(text); });
    try {
        const Answer answer = http_.stream(
            ctx_, request_, [&lines](std::string_view piece) { lines.feed(piece); },
            [this] { stands(); });
        if (answer.succeeded()) return "the engine ended the stream";
        return read_error(answer).message;
    } catch (const BackendError& error) {
        if (error.code() == Code::cancelled) throw;
        return error.what();
    } catch (const std::exception& error) {
        // Whatever it was, the engine is asked again.
        return error.what();
    }
}

void EventFeed::stands() {
    stood_at_ = Clock::now();
    // Otherwise the log would change its mind at every try.
    if (!flapping_) recovered();
    host_.event({"", "", "resync", 0});
}

void EventFeed::line(std::string_view text) {
    Line read;
    try {
        read = codec::decode<Line>(text);
        require(!read.action.empty() || read.response != 0, "/Action: is missing");
    } catch (const codec::Malformed& problem) {
        if (!garbage_seen_) {
            host_.log(NEXUS_LOG_WARNING, std::string("an event of the engine cannot be read: ") +
                                             archive::short_text(problem.what()));
        }
        garbage_seen_ = true;
        return;
    }
    if (read.response != 0) {
        throw BackendError(Code::unavailable,
                           "the engine said: " + archive::short_text(read.message), true);
    }
    event_seen_ = true;
    recovered();
    if (const auto event =
            translate_({read.type, read.action, std::move(read.actor.attributes), read.health})) {
        host_.event(*event);
    }
}

void EventFeed::recovered() {
    if (warned_) host_.log(NEXUS_LOG_INFORMATION, "the engine's events are followed again");
    warned_ = false;
}

void EventFeed::failed(const std::string& reason) {
    if (stood_at_) {
        flapping_ = !event_seen_ && Clock::now() - *stood_at_ < longest_pause;
        if (!flapping_) {
            recovered();
            pause_ = first_pause;
        }
    }
    host_.log(warned_ ? NEXUS_LOG_DEBUG : NEXUS_LOG_WARNING,
              "the engine's events cannot be followed: " + archive::short_text(reason));
    warned_ = true;
}

milliseconds EventFeed::next_pause() {
    // Half of it by chance, so that the plugins of a restarted engine do not all come at once.
    std::uniform_int_distribution<milliseconds::rep> chance(pause_.count() / 2, pause_.count());
    const milliseconds result(chance(random_));
    pause_ = std::min(2 * pause_, longest_pause);
    return result;
}

}  // namespace nexus::engine
