// A backend of an engine's plugin in front of a fake engine. Threads: one at a time.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <nexus/plugin.hpp>
#include <string>
#include <string_view>

#include "unit/engine/fake_engine.hpp"

namespace nexus::engine {

// How one kind of engine is told from another.
struct Wire {
    std::string version_header;  // a whole line
    std::string prefix;          // in front of every path
};

using Answers = std::map<std::string, std::string>;

// Answers the ping, and each "METHOD /path" without prefix and query as the table has it.
inline FakeEngine::Script table(Wire wire, Answers answers) {
    return [wire = std::move(wire), answers = std::move(answers)](Peer& peer) {
        for (std::string request; !(request = peer.read_request()).empty();) {
            std::string line = request.substr(0, request.find(" HTTP/"));
            line.resize(std::min(line.find('?'), line.size()));
            if (const auto at = line.find(wire.prefix); at != std::string::npos) {
                line.erase(at, wire.prefix.size());
            }
            const auto found = answers.find(line);
            if (line == "GET /_ping") {
                peer.send(http(200, "OK", wire.version_header));
            } else {
                peer.send(found == answers.end() ? http(404, R"({"message":"not there"})")
                                                 : found->second);
            }
        }
    };
}

template <typename TestedBackend>
struct BackendFixture {
    explicit BackendFixture(FakeEngine::Script script)
        : fake(std::move(script)),
          backend(PluginHost(&host), R"({"endpoint":")" + fake.endpoint() + "\"}") {}

    nexus_host host{
        sizeof(nexus_host), NEXUS_BACKEND_ABI_MAJOR, 0, nullptr, nullptr, nullptr, nullptr};
    FakeEngine fake;
    TestedBackend backend;
    CallContext ctx = within(std::chrono::seconds(10));
};

// In front of an engine that answers as a table has it. Wiring::wire() tells which kind of engine.
template <typename TestedBackend, typename Wiring>
struct TableFixture : BackendFixture<TestedBackend> {
    explicit TableFixture(Answers answers)
        : BackendFixture<TestedBackend>(table(Wiring::wire(), std::move(answers))) {}
};

struct PullCase {
    std::string stream;
    Code code;
};

// A pull succeeds only where the engine says so, and the image is there afterwards: it never is.
template <typename Fixture>
void check_pulls(const std::string& request, std::initializer_list<PullCase> cases) {
    for (const auto& c : cases) {
        CAPTURE(c.stream);
        Fixture f(Answers{{request, http(200, c.stream)}});
        const auto error = error_of([&] { f.backend.ensure_image(f.ctx, {"app:1", {}}); });
        CHECK(error.code() == c.code);
    }
}

// Whatever is asked, an answer that means nothing is `internal` and does no harm.
template <typename TestedBackend>
void check_nonsense(const Wire& wire) {
    for (const std::string body : {"", "nonsense", "{}", "[]", "null", R"({"Id":7})", "[7]"}) {
        CAPTURE(body);
        BackendFixture<TestedBackend> f(FakeEngine::always(http(200, body, wire.version_header)));
        ContainerSpec spec;
        spec.name = "run";
        spec.image = "app:1";
        spec.network = "net";
        const std::function<void()> calls[] = {
            [&] { f.backend.info(f.ctx); },
            [&] { f.backend.inspect(f.ctx, "run"); },
            [&] { f.backend.inspect_volume(f.ctx, "vol"); },
            [&] {
                f.backend.ensure_network(f.ctx, {"net", "", {}});
            },
            [&] {
                f.backend.ensure_volume(f.ctx, {"vol", {}});
            },
            [&] {
                f.backend.ensure_image(f.ctx, {"app:1", {}});
            },
            [&] { f.backend.ensure_container(f.ctx, spec); },
            [&] { f.backend.logs(f.ctx, "run", 1, 1); },
            [&] { f.backend.pause(f.ctx, "run"); },
            [&] { f.backend.unpause(f.ctx, "run"); },
            [&] { f.backend.stats(f.ctx, "run"); },
            [&] { f.backend.export_volume(f.ctx, "vol", 1); },
            [&] { f.backend.remove_image(f.ctx, "app:1"); },
            [&] { f.backend.swap_volumes(f.ctx, "vol", "wol"); },
        };
        for (const auto& call : calls)
            CHECK(error_of(call).code() == Code::internal);
    }
}

}  // namespace nexus::engine
