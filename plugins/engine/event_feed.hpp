// What an engine reports of its objects, handed on to the host for as long as the plugin lives.
// Threads: one of its own, from the constructor to the destructor.
#pragma once

#include <functional>
#include <nexus/plugin.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <thread>

#include "engine/cancel_signal.hpp"
#include "engine/http_client.hpp"
#include "engine/request.hpp"

namespace nexus::engine {

// One event, in the engine's own words.
struct EngineEvent {
    std::string type;    // "container"
    std::string action;  // "die"
    Labels attributes;   // of the object that it is about: its labels, name, exit code
    std::string health;  // Podman only
};

class EventFeed {
  public:
    // Nothing for an event that the host does not want to hear of. Called in the feed's thread.
    using Translate = std::function<std::optional<Event>(const EngineEvent&)>;

    // `request` is that of the engine's stream of events. Each time it is answered the host gets
    // "resync" first, then what `translate` makes of the events. A stream that ends, fails or is
    // refused is asked for again, after a pause that grows from 100 ms to 5 s. `http` must outlive
    // it. Throws std::system_error where there is no thread or descriptor left.
    EventFeed(HttpClient& http, Request request, const PluginHost& host, Translate translate);
    EventFeed(const EventFeed&) = delete;
    EventFeed& operator=(const EventFeed&) = delete;
    // Ends the stream. The host gets no event any more once this has returned.
    ~EventFeed();

  private:
    using Clock = std::chrono::steady_clock;

    void run() noexcept;
    // One stream from its begin to its end; why it ended. Throws BackendError `cancelled`.
    std::string follow();
    void stands();
    void line(std::string_view text);
    void recovered();
    void failed(const std::string& reason);
    std::chrono::milliseconds next_pause();

    HttpClient& http_;
    const Request request_;
    const PluginHost host_;
    const Translate translate_;
    const CancelSignal stop_;
    const CallContext ctx_;

    // From here on the thread's alone.
    std::minstd_rand random_;
    std::chrono::milliseconds pause_;
    bool warned_ = false;    // the log says that the feed is broken
    bool flapping_ = false;  // the last stream that stood broke soon and without an event
    std::optional<Clock::time_point> stood_at_;  // the three of this stream
    bool event_seen_ = false;
    bool garbage_seen_ = false;
    std::thread thread_;
};

}  // namespace nexus::engine
