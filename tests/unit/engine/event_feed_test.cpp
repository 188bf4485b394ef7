#include "engine/event_feed.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <nexus/codec.hpp>
#include <vector>

#include "support/wait_until.hpp"
#include "unit/engine/fake_engine.hpp"

namespace nexus::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

// What a plugin told its host.
class Heard {
  public:
    const nexus_host* host() const { return &host_; }
    std::vector<std::string> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }
    std::ptrdiff_t count(const std::string& part) const {
        const std::lock_guard lock(mutex_);
        return std::count_if(events_.begin(), events_.end(), [&](const std::string& event) {
            return event.find(part) != std::string::npos;
        });
    }
    std::vector<std::string> logs(std::int32_t level) const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> result;
        for (const auto& [line_level, text] : logs_) {
            if (line_level == level) result.push_back(text);
        }
        return result;
    }

  private:
    static void log(void* self, std::int32_t level, const char* text, std::size_t size) {
        auto* const heard = static_cast<Heard*>(self);
        const std::lock_guard lock(heard->mutex_);
        heard->logs_.emplace_back(level, std::string(text, size));
    }
    static void event(void* self, const char* json, std::size_t size) {
        auto* const heard = static_cast<Heard*>(self);
        const std::lock_guard lock(heard->mutex_);
        heard->events_.emplace_back(json, size);
    }

    nexus_host host_{sizeof(nexus_host),
                     NEXUS_BACKEND_ABI_MAJOR,
                     NEXUS_BACKEND_ABI_MINOR,
                     this,
                     log,
                     event,
                     nullptr};
    mutable std::mutex mutex_;
    std::vector<std::string> events_;
    std::vector<std::pair<std::int32_t, std::string>> logs_;
};

std::optional<Event> as_it_is(const EngineEvent& event) {
    if (event.type != "container") return std::nullopt;
    const auto name = event.attributes.find("name");
    return Event{name == event.attributes.end() ? "" : name->second, "", event.action, 0};
}

std::string line(const std::string& action, const std::string& name) {
    return R"({"Type":"container","Action":")" + action +
           R"(","Actor":{"ID":"1","Attributes":{"name":")" + name + "\"}},\"time\":1}\n";
}

std::string chunk(const std::string& text) {
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
    return size.data() + text + "\r\n";
}

constexpr const char* head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr const char* end = "0\r\n\r\n";

struct Fixture {
    explicit Fixture(FakeEngine::Script script)
        : fake(std::move(script)), http(Engine{"Fake", "faked", parse_endpoint(fake.endpoint())}) {
        feed.emplace(http, Request{"GET", "/events"}, PluginHost(heard.host()), as_it_is);
    }
    void wait_for(const std::string& part, std::ptrdiff_t times = 1) const {
        test::wait_until([&] { return heard.count(part) >= times; }, seconds(10), part);
    }
    milliseconds time_to_destroy() {
        const auto begin = Clock::now();
        feed.reset();
        return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
    }

    Heard heard;
    FakeEngine fake;
    HttpClient http;
    std::optional<EventFeed> feed;
};

TEST_CASE("a feed says resync first, then what the engine reports") {
    Fixture f([](Peer& peer) {
        peer.read_request();
        peer.send(head + chunk(line("start", "a") + line("die", "b").substr(0, 20)));
        peer.send(chunk(line("die", "b").substr(20) + "{\"Type\":\"network\",\"Action\":\"x\"}\n"));
        peer.send(chunk(line("destroy", "c")));
        peer.wait_for_close();
    });
    f.wait_for("destroy");
    const auto events = f.heard.events();
    REQUIRE(events.size() == 4);
    CHECK(events[0].find("resync") != std::string::npos);
    CHECK(events[1].find("\"start\"") != std::string::npos);
    CHECK(events[2].find("\"die\"") != std::string::npos);
    CHECK(f.time_to_destroy() < test::soon);
    CHECK(f.heard.logs(NEXUS_LOG_WARNING).empty());
}

TEST_CASE("a stream says resync before its first event") {
    Fixture f([](Peer& peer) {
        peer.read_request();
        peer.send(head);
        peer.wait_for_close();
    });
    f.wait_for("resync");
    CHECK(f.time_to_destroy() < test::soon);
}

TEST_CASE("lines that are no events are passed over and logged once a stream") {
    Fixture f([](Peer& peer) {
        peer.read_request();
        peer.send(head + chunk("nonsense\n[]\n7\n{}\n{\"Action\":7}\n" +
                               std::string(R"({"Action":"x","Actor":{"Attributes":[]}})") + "\n" +
                               line("start", "a")));
        peer.wait_for_close();
    });
    f.wait_for("start");
    CHECK(f.heard.logs(NEXUS_LOG_WARNING).size() == 1);
    CHECK(f.fake.connections() == 1);
}

TEST_CASE("a stream that ends or breaks is asked for again") {
    const struct {
        const char* what;
        std::string first;
        const char* reason;
    } cases[] = {
        {"ends", head + chunk(line("start", "a")) + end, "ended the stream"},
        {"breaks", head + chunk(line("start", "a")), "closed the connection"},
        {"error inside",
         head + chunk("{\"cause\":\"c\",\"message\":\"no journal\",\"response\":500}\n"),
         "no journal"},
        {"refused", http(500, R"({"message":"not now"})"), "not now"},
        {"no HTTP", "nonsense\r\n\r\n", "not HTTP"},
        {"long line", head + chunk(std::string(2 << 20, 'x')), "line of more than"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.what);
        std::atomic<int> asked = 0;
        Fixture f([&](Peer& peer) {
            while (!peer.read_request().empty()) {
                const bool first = asked++ == 0;
                peer.send(first ? c.first : head + chunk(line("start", "again")));
                if (first && std::string_view(c.what) != "ends") return;
            }
        });
        f.wait_for("again");
        const auto warnings = f.heard.logs(NEXUS_LOG_WARNING);
        REQUIRE(warnings.size() == 1);
        CHECK_MESSAGE(warnings[0].find(c.reason) != std::string::npos, warnings[0]);
        CHECK(f.heard.logs(NEXUS_LOG_INFORMATION).size() == 1);
        CHECK(f.time_to_destroy() < test::soon);
    }
}

TEST_CASE("an engine that is away is asked again, at growing pauses and with one warning") {
    Fixture f(FakeEngine::always(http(503, "starting")));
    test::wait_until([&] { return f.heard.logs(NEXUS_LOG_DEBUG).size() >= 3; }, seconds(10),
                     "three more tries");
    CHECK(f.heard.logs(NEXUS_LOG_WARNING).size() == 1);
    CHECK(f.heard.events().empty());
    CHECK(f.time_to_destroy() < test::soon);
}

TEST_CASE("an engine that flaps does not fill the log") {
    Fixture f(FakeEngine::always(head + std::string(end)));
    f.wait_for("resync", 4);
    CHECK(f.time_to_destroy() < test::soon);
    CHECK(f.heard.logs(NEXUS_LOG_WARNING).size() <= 2);
    CHECK(f.heard.logs(NEXUS_LOG_INFORMATION).size() <= 1);
}

TEST_CASE("a feed goes at once while the engine is silent") {
    Fixture f([](Peer& peer) { peer.wait_for_close(); });
    test::wait_until([&] { return f.fake.connections() > 0; }, seconds(10), "a connection");
    CHECK(f.time_to_destroy() < test::soon);
    CHECK(f.heard.events().empty());
    CHECK(f.heard.logs(NEXUS_LOG_WARNING).empty());
}

TEST_CASE("the host hears nothing after the feed is gone") {
    std::atomic<bool> over = false;
    Fixture f([&](Peer& peer) {
        peer.read_request();
        peer.send(head);
        while (!over && peer.send(chunk(line("start", "flood")))) {
        }
    });
    f.wait_for("flood", 100);
    CHECK(f.time_to_destroy() < test::soon);
    const auto heard = f.heard.events().size();
    test::wait_until([&] { return f.fake.connections() == 1; }, seconds(10), "one connection");
    CHECK(f.heard.events().size() == heard);
    over = true;
}

}  // namespace
}  // namespace nexus::engine
