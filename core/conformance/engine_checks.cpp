// An engine that misbehaves, and one that goes and comes back.
#include <algorithm>
#include <array>
#include <thread>

#include "conformance/bench.hpp"
#include "conformance/proxy.hpp"

namespace nexus::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

std::string socket_of(Bench& bench) {
    constexpr std::string_view scheme = "unix://";
    const std::string& endpoint = bench.options().endpoint;
    if (!endpoint.starts_with(scheme)) {
        throw NotApplicable(
            "needs an engine at a unix socket: name it with --endpoint unix:///...");
    }
    return endpoint.substr(scheme.size());
}

void survives(Bench& bench, Fault fault) {
    Proxy proxy(socket_of(bench));
    const auto backend = bench.another(proxy.endpoint());
    backend->info(bench.ctx());
    proxy.set(fault);
    const std::array<Tried, 3> all{
        Tried{"info", [&](const CallContext& ctx) { backend->info(ctx); }},
        Tried{"list", [&](const CallContext& ctx) { backend->list(ctx, bench.labels()); }},
        Tried{"inspect",
              [&](const CallContext& ctx) { backend->inspect(ctx, bench.name("nothing")); }},
    };
    for (const auto& tried : all) {
        constexpr seconds patience(2);
        const auto ctx = bench.within(patience);
        const auto begin = Clock::now();
        const auto failure = failure_of(tried.what, [&] { tried.call(ctx); });
        expect(failure.code() == Code::unavailable || failure.code() == Code::internal ||
                   failure.code() == Code::timeout,
               tried.what + " fails with " + std::string(to_string(failure.code())));
        expect(Clock::now() - begin < patience + promptly, tried.what + " does not end in time");
    }
    proxy.set(Fault::none);
    proxy.drop();
    bench.wait_until("info works again after the engine does", [&] {
        try {
            backend->info(bench.within(seconds(2)));
            return true;
        } catch (const BackendError&) {
            return false;
        }
    });
}

template <Fault fault>
void survives_fault(Bench& bench) {
    survives(bench, fault);
}

std::size_t count(Bench& bench, std::string_view action) {
    const auto events = bench.heard().events();
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [&](const Event& event) { return event.action == action; }));
}

void feed_outlives_the_engine(Bench& bench) {
    const std::string engine = socket_of(bench);
    auto spec = bench.spec("runtime", obedient());
    spec.labels["io.nexus.tenant"] = "check";
    Proxy proxy(engine);
    const auto backend = bench.another(proxy.endpoint());
    bench.wait_until("an event \"resync\" once the feed stands",
                     [&] { return count(bench, "resync") > 0; });
    proxy.set(Fault::absent);
    proxy.drop();
    std::this_thread::sleep_for(milliseconds(500));
    const std::size_t before = count(bench, "resync");
    proxy.set(Fault::none);
    bench.wait_until("an event \"resync\" after the engine came back",
                     [&] { return count(bench, "resync") > before; });
    bench.create(spec);
    bench.wait_until("an event of a container after the engine came back", [&] {
        const auto events = bench.heard().events();
        return std::any_of(events.begin(), events.end(), [&](const Event& event) {
            return event.action == "created" && event.container == spec.name;
        });
    });
}

}  // namespace

std::vector<Check> engine_checks() {
    return {
        {"engine-cut", "an answer that is cut is an error", survives_fault<Fault::cut>},
        {"engine-garbage", "an answer that is not HTTP is an error",
         survives_fault<Fault::garbage>},
        {"engine-empty", "an answer without a body is an error", survives_fault<Fault::empty>},
        {"engine-not-json", "an answer that is not JSON is an error",
         survives_fault<Fault::not_json>},
        {"engine-endless", "an answer without an end is an error", survives_fault<Fault::endless>},
        {"engine-silent", "an engine that does not answer is timeout",
         survives_fault<Fault::silent>},
        {"engine-closed", "an engine that closes every connection is an error",
         survives_fault<Fault::absent>},
        {"events-restart", "the event feed outlives a restart of the engine, and says resync",
         feed_outlives_the_engine},
    };
}

}  // namespace nexus::conformance
