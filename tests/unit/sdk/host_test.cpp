// The host's side of the boundary, against plugins that answer whatever a test wants.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <nexus/host.hpp>
#include <nexus/plugin.hpp>

#include "support/backend_error.hpp"
#include "unit/sdk/talker.hpp"

namespace nexus {
namespace {

struct Callbacks final : HostCallbacks {
    void log(nexus_log_level level, std::string_view text) noexcept override {
        lines.push_back(std::to_string(level) + " " + std::string(text));
    }
    void event(const Event& event) noexcept override { events.push_back(event); }
    std::vector<std::string> lines;
    std::vector<Event> events;
};

const CallContext at_once{std::chrono::steady_clock::time_point::max(), -1, "op-1", "acme"};

// A plugin in C whose every reply is the text of its configuration, with the code in front of it.
struct Scripted {
    std::int32_t code;
    std::string reply;
};

std::int32_t scripted_create(const nexus_host* /*host*/, const char* config, std::size_t size,
                             void** self, const nexus_sink* /*error*/) {
    const std::string text(config, size);
    const auto colon = text.find(':');
    *self = std::make_unique<Scripted>(
                Scripted{std::stoi(text.substr(0, colon)), text.substr(colon + 1)})
                .release();
    return NEXUS_OK;
}

std::int32_t scripted_call(void* self, const nexus_ctx* /*ctx*/, std::int32_t /*op*/,
                           const char* /*request*/, std::size_t /*size*/, const nexus_sink* reply) {
    const auto& script = *static_cast<Scripted*>(self);
    reply->write(reply->self, script.reply.data(), script.reply.size());
    return script.code;
}

std::int32_t scripted_transfer(void* self, const nexus_ctx* ctx, std::int32_t op,
                               const char* request, std::size_t size, std::int32_t /*fd*/,
                               const nexus_sink* reply) {
    return scripted_call(self, ctx, op, request, size, reply);
}

void scripted_destroy(void* self) {
    const std::unique_ptr<Scripted> ended(static_cast<Scripted*>(self));
}

nexus_backend_descriptor scripted() {
    return {sizeof(nexus_backend_descriptor),
            0,
            "scripted",
            "1.0.0",
            "{}",
            &scripted_create,
            &scripted_call,
            &scripted_transfer,
            &scripted_destroy,
            nullptr};
}

using test::error_of;

TEST_CASE("codes, messages and retryable flags come over as the plugin gave them") {
    struct Row {
        std::string config;
        Code code;
        std::string message;
        bool retryable;
    };
    const std::vector<Row> rows{
        {R"(1:{"message":"no such thing"})", Code::not_found, "no such thing", false},
        {R"(7:{"message":"down","retryable":true})", Code::unavailable, "down", true},
        {R"(11:{"message":"bug"})", Code::internal, "bug", false},
        {R"(12:{"message":"of a later minor"})", Code::internal, "of a later minor", false},
        {R"(-1:{"message":"negative"})", Code::internal, "negative", false},
        {R"(1:)", Code::internal,
         "the backend plugin scripted gave a malformed reply: the document is not valid JSON",
         false},
        {R"(1:{"message":7})", Code::internal, "/message must be a string", false},
    };
    const auto descriptor = scripted();
    for (const auto& row : rows) {
        CAPTURE(row.config);
        Callbacks callbacks;
        const auto backend = create_backend(descriptor, row.config, callbacks);
        const auto failure = error_of([&] { backend->start(at_once, "n"); });
        CHECK(failure.code() == row.code);
        CHECK_MESSAGE(std::string(failure.what()).find(row.message) != std::string::npos,
                      failure.what());
        CHECK(failure.retryable() == row.retryable);
    }
}

TEST_CASE("a reply that is not what the operation returns is internal and names the plugin") {
    struct Row {
        std::string reply;
        std::string problem;
    };
    const std::vector<Row> rows{
        {"", "not valid JSON"},
        {"OK", "not valid JSON"},
        {"[]", "must be an object"},
        {R"({"container": 7})", "/container must be an object"},
        {R"({"container": {"phase": "?"}})", "/container/phase is not a word"},
        {std::string(100'000, '['), "nests deeper"},
    };
    const auto descriptor = scripted();
    for (const auto& row : rows) {
        CAPTURE(row.reply.substr(0, 40));
        Callbacks callbacks;
        const auto backend = create_backend(descriptor, "0:" + row.reply, callbacks);
        const auto failure = error_of([&] { backend->inspect(at_once, "n"); });
        CHECK(failure.code() == Code::internal);
        const std::string message = failure.what();
        CHECK_MESSAGE(message.find(row.problem) != std::string::npos, message);
        CHECK(message.find("the backend plugin scripted") == 0);
        CHECK(message.find("(inspect)") != std::string::npos);
    }
}

TEST_CASE("a reply beyond 64 MiB is cut off and internal") {
    auto descriptor = scripted();
    descriptor.call = [](void* /*self*/, const nexus_ctx* /*ctx*/, std::int32_t /*op*/,
                         const char* /*request*/, std::size_t /*size*/,
                         const nexus_sink* reply) -> std::int32_t {
        const std::string piece(1U << 20U, ' ');
        int writes = 0;
        while (reply->write(reply->self, piece.data(), piece.size()) == 0)
            ++writes;
        CHECK(writes == 64);
        CHECK(reply->write(reply->self, "{}", 2) == -1);
        return NEXUS_OK;
    };
    Callbacks callbacks;
    const auto backend = create_backend(descriptor, "0:", callbacks);
    const auto failure = error_of([&] { backend->info(at_once); });
    CHECK(failure.code() == Code::internal);
    CHECK(std::string(failure.what()).find("longer than 64 MiB") != std::string::npos);
}

nexus_backend_descriptor talker() {
    auto descriptor = scripted();
    descriptor.create = [](const nexus_host* host, const char* config, std::size_t size,
                           void** self, const nexus_sink* error) -> std::int32_t {
        return plugin_detail::create(
            [](const PluginHost& plugin_host, std::string_view text) -> std::unique_ptr<Backend> {
                return std::make_unique<Talker>(plugin_host, text);
            },
            host, config, size, self, error);
    };
    descriptor.call = plugin_detail::call;
    descriptor.transfer = plugin_detail::transfer;
    descriptor.destroy = plugin_detail::destroy;
    return descriptor;
}

TEST_CASE("both sides together carry arguments, circumstances, logs and events") {
    const auto descriptor = talker();
    Callbacks callbacks;
    const auto backend = create_backend(descriptor, "{}", callbacks);
    const auto deadline = std::chrono::steady_clock::now();
    const auto found = backend->list({deadline, 3, "op-9", "acme"}, {{"io.nexus.tenant", ""}});
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "acmeop-93");
    CHECK(found[0].exit_code == deadline.time_since_epoch().count());
    CHECK(found[0].labels == Labels{{"io.nexus.tenant", ""}});
    backend->stop(at_once, "n", std::chrono::seconds(12));
    backend->logs(at_once, "n", 50, 1);
    CHECK(callbacks.lines == std::vector<std::string>{"3 made", "1 n 12", "4 n 50 1"});
    REQUIRE(callbacks.events.size() == 1);
    CHECK(callbacks.events[0].action == "exited");
    CHECK(callbacks.events[0].exit_code == 137);
    CHECK_FALSE(backend->inspect(at_once, "n"));
    CHECK_FALSE(backend->inspect_volume(at_once, "n"));
}

TEST_CASE("the operations of minors 1 to 4 carry their arguments and values") {
    const auto descriptor = talker();
    Callbacks callbacks;
    const auto backend = create_backend(descriptor, "{}", callbacks);
    backend->rename(at_once, "a", "b");
    CHECK(callbacks.lines.back() == "1 a to b");
    const Stats stats = backend->stats(at_once, "four");
    CHECK(stats.cpu_ns == 1);
    CHECK(stats.network_out_bytes == 4);
    const VolumeCopy copy = backend->export_volume(at_once, "v", 3);
    CHECK(copy.method == "archive");
    CHECK(copy.losses == std::vector<std::string>{"v"});
    CHECK(copy.entries == 3);
    CHECK(copy.changed == std::vector<std::string>{"./v"});
    backend->remove_image(at_once, "app:1");
    CHECK(callbacks.lines.back() == "1 no app:1");
    backend->swap_volumes(at_once, "v", "w");
    CHECK(callbacks.lines.back() == "1 v for w");
    const auto mounted = backend->inspect(at_once, "mounted");
    REQUIRE(mounted);
    REQUIRE(mounted->mounts.size() == 1);
    CHECK(mounted->mounts[0].source == "/from");
    CHECK(mounted->mounts[0].target == "/to");
    CHECK(mounted->mounts[0].read_only);
    CHECK(mounted->published == std::vector<std::string>{"10.0.0.3"});
    CHECK_FALSE(backend->inspect_network(at_once, "n"));
    CHECK(backend->inspect_network(at_once, "net")->subnet == "10.0.0.0/28");
}

TEST_CASE("what a backend does not have is unsupported, with the name of the operation") {
    test::FirstIdleBackend older;
    const auto refused = [&](const auto& call, const std::string& operation) {
        const auto failure = error_of(call);
        CHECK(failure.code() == Code::unsupported);
        CHECK(std::string(failure.what()).ends_with(operation));
    };
    refused([&] { older.pause(at_once, "n"); }, "pause");
    refused([&] { older.unpause(at_once, "n"); }, "unpause");
    refused([&] { older.rename(at_once, "n", "m"); }, "rename");
    refused([&] { older.stats(at_once, "n"); }, "stats");
    refused([&] { older.export_volume(at_once, "n", 1); }, "export_volume");
    refused([&] { older.import_volume(at_once, "n", 1); }, "import_volume");
    refused([&] { older.remove_image(at_once, "app:1"); }, "remove_image");
    refused([&] { older.swap_volumes(at_once, "v", "w"); }, "swap_volumes");
    refused([&] { older.inspect_network(at_once, "n"); }, "inspect_network");
}

TEST_CASE("an instance that is refused comes over with the plugin's own words") {
    const auto descriptor = talker();
    Callbacks callbacks;
    const auto refused = error_of([&] { create_backend(descriptor, "refuse", callbacks); });
    CHECK(refused.code() == Code::unavailable);
    CHECK(refused.retryable());
    CHECK(std::string(refused.what()) == "no engine");
    const auto broken = error_of([&] { create_backend(descriptor, "break", callbacks); });
    CHECK(broken.code() == Code::internal);
    CHECK(std::string(broken.what()) == "made of glass");
}

TEST_CASE("an event that is malformed is logged and does no harm") {
    auto descriptor = scripted();
    descriptor.create = [](const nexus_host* host, const char* config, std::size_t size,
                           void** self, const nexus_sink* error) -> std::int32_t {
        const std::string huge(100'000, ' ');
        host->event(host->self, "nonsense", 8);
        host->event(host->self, nullptr, 8);
        host->event(host->self, huge.data(), huge.size());
        host->log(host->self, 99, "odd level", 9);
        host->log(host->self, NEXUS_LOG_ERROR, nullptr, 9);
        return scripted_create(host, config, size, self, error);
    };
    Callbacks callbacks;
    const auto backend = create_backend(descriptor, "0:{}", callbacks);
    CHECK(callbacks.events.empty());
    CHECK(std::count(callbacks.lines.begin(), callbacks.lines.end(),
                     "3 an event of the plugin is malformed") == 3);
    CHECK(std::count(callbacks.lines.begin(), callbacks.lines.end(), "3 odd level") == 1);
    CHECK(std::count(callbacks.lines.begin(), callbacks.lines.end(), "4 ") == 1);
}

}  // namespace
}  // namespace nexus
