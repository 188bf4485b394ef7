// The plugin's side of the boundary, called as a host of another release would call it.
#include <doctest/doctest.h>

#include <nexus/plugin.hpp>

#include "plugins/idle_backend.hpp"

namespace nexus {
namespace {

std::int32_t append(void* self, const char* data, std::size_t n) {
    static_cast<std::string*>(self)->append(data, n);
    return 0;
}

// A place for a reply.
struct Sink {
    std::string text;
    nexus_sink abi{sizeof(nexus_sink), &text, &append};
};

// Answers `inspect` with the circumstances that arrived.
class Echo final : public test::IdleBackend {
  public:
    explicit Echo(const PluginHost& host) : host_(host) {}
    std::optional<ContainerState> inspect(const CallContext& ctx,
                                          const std::string& name) override {
        host_.log(NEXUS_LOG_INFORMATION, "asked for " + name);
        ContainerState state;
        state.id = std::to_string(ctx.cancel_fd);
        state.name = ctx.tenant;
        state.image = ctx.operation_id;
        state.exit_code = ctx.deadline.time_since_epoch().count();
        return state;
    }

  private:
    PluginHost host_;
};

std::unique_ptr<Backend> make_echo(const PluginHost& host, std::string_view /*config*/) {
    return std::make_unique<Echo>(host);
}

// An instance of Echo, and the log lines that its host has seen.
struct Instance {
    explicit Instance(std::size_t host_size = sizeof(nexus_host)) {
        host.size = host_size;
        code = plugin_detail::create(&make_echo, &host, "{}", 2, &self, &error.abi);
    }
    ~Instance() {
        if (self != nullptr) plugin_detail::destroy(self);
    }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    static void log(void* self, std::int32_t /*level*/, const char* text, std::size_t n) {
        static_cast<std::string*>(self)->append(text, n);
    }
    static void event(void* /*self*/, const char* /*json*/, std::size_t /*n*/) {}

    std::string lines;
    nexus_host host{sizeof(nexus_host), 1, 0, &lines, &log, &event, nullptr};
    Sink error;
    void* self = nullptr;
    std::int32_t code;
};

std::string inspect(void* self, const nexus_ctx& ctx) {
    Sink reply;
    const std::string_view request = R"({"name":"n"})";
    CHECK(plugin_detail::call(self, &ctx, NEXUS_OP_INSPECT, request.data(), request.size(),
                              &reply.abi) == NEXUS_OK);
    return reply.text;
}

TEST_CASE("a plugin takes a host whose structs are larger than its own") {
    const Instance instance(sizeof(nexus_host) + 64);
    REQUIRE(instance.code == NEXUS_OK);
    const nexus_ctx ctx{sizeof(nexus_ctx) + 64, 5, 7, 0, "op-1", "acme"};
    CHECK(inspect(instance.self, ctx) ==
          R"({"container":{"id":"7","name":"acme","image":"op-1","labels":{},"phase":"created",)"
          R"("health":"none","exit_code":5,"oom_killed":false,"started_at":"","finished_at":"",)"
          R"("restarts":0,"mounts":[],"published":[]}})");
    CHECK(instance.lines == "asked for n");
}

TEST_CASE("a plugin reads no field that lies outside of its struct") {
    const Instance instance;
    REQUIRE(instance.code == NEXUS_OK);
    const nexus_ctx ctx{offsetof(nexus_ctx, cancel_fd), 5, 7, 0, "op-1", "acme"};
    const std::string reply = inspect(instance.self, ctx);
    CHECK(reply.find(R"("id":"-1","name":"","image":"")") != std::string::npos);
    CHECK(reply.find(R"("exit_code":5)") != std::string::npos);
}

TEST_CASE("a plugin refuses a host that it cannot work with") {
    SUBCASE("a struct that is too small") {
        const Instance instance(offsetof(nexus_host, event));
        CHECK(instance.code == NEXUS_INVALID);
        CHECK(instance.self == nullptr);
        CHECK(
            instance.error.text ==
            R"({"message":"the host's struct is smaller than plugin ABI 1 has it","retryable":false})");
    }
    SUBCASE("another major version") {
        nexus_host host{sizeof(nexus_host), 2, 0, nullptr, nullptr, nullptr, nullptr};
        Sink error;
        void* self = nullptr;
        CHECK(plugin_detail::create(&make_echo, &host, "{}", 2, &self, &error.abi) ==
              NEXUS_INVALID);
        CHECK(error.text ==
              R"({"message":"this plugin speaks plugin ABI 1, its host 2","retryable":false})");
    }
    SUBCASE("no host at all") {
        void* self = nullptr;
        CHECK(plugin_detail::create(&make_echo, nullptr, "{}", 2, &self, nullptr) == NEXUS_INVALID);
    }
}

TEST_CASE("a plugin answers a wrong request with a code and a sentence") {
    struct Row {
        std::int32_t op;
        std::string request;
        std::int32_t code;
        std::string message;
    };
    const std::vector<Row> rows{
        {99, "{}", NEXUS_UNSUPPORTED, "operation 99 is not known to this plugin"},
        {-1, "{}", NEXUS_UNSUPPORTED, "operation -1 is not known"},
        {NEXUS_OP_LOGS, "{}", NEXUS_UNSUPPORTED, "operation 14"},
        {NEXUS_OP_INSPECT, "", NEXUS_INVALID, "malformed request"},
        {NEXUS_OP_INSPECT, R"({"name":{}})", NEXUS_INVALID, "/name must be a string"},
        {NEXUS_OP_STOP, R"({"grace_seconds":"1"})", NEXUS_INVALID, "/grace_seconds must be"},
    };
    const Instance instance;
    const nexus_ctx ctx{sizeof(nexus_ctx), 0, -1, 0, "", ""};
    for (const auto& row : rows) {
        CAPTURE(row.request);
        Sink reply;
        CHECK(plugin_detail::call(instance.self, &ctx, row.op, row.request.data(),
                                  row.request.size(), &reply.abi) == row.code);
        CHECK(reply.text.find(row.message) != std::string::npos);
    }
    Sink reply;
    CHECK(plugin_detail::transfer(instance.self, &ctx, NEXUS_OP_START, "{}", 2, -1, &reply.abi) ==
          NEXUS_UNSUPPORTED);
    CHECK(plugin_detail::call(instance.self, nullptr, NEXUS_OP_INFO, nullptr, 0, nullptr) ==
          NEXUS_OK);
}

}  // namespace
}  // namespace nexus
