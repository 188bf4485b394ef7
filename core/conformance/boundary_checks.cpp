// The C functions, called as hosts of other releases would call them, and as none should.
#include <array>
#include <cstring>
#include <nexus/codec.hpp>

#include "conformance/bench.hpp"

namespace nexus::conformance {

struct ErrorText {
    std::string message;
};

template <typename Visit, codec::Is<ErrorText> T>
void members(Visit& visit, T& value) {
    visit("message", value.message);
}

namespace {

// A place for a reply, as the boundary has it.
struct Sink {
    std::string text;
    nexus_sink abi{sizeof(nexus_sink), &text, [](void* self, const char* data, size_t n) {
                       static_cast<std::string*>(self)->append(data, n);
                       return 0;
                   }};
};

constexpr const char* no_features = nullptr;

nexus_host plain_host() {
    return {sizeof(nexus_host),
            NEXUS_BACKEND_ABI_MAJOR,
            NEXUS_BACKEND_ABI_MINOR,
            nullptr,
            [](void*, int32_t, const char*, size_t) {},
            [](void*, const char*, size_t) {},
            &no_features};
}

// One instance made through the C function. `host` must outlive it.
class Instance {
  public:
    Instance(Bench& bench, const nexus_host* host) : descriptor_(bench.library().descriptor()) {
        const std::string config = bench.config();
        Sink error;
        const auto code =
            descriptor_.create(host, config.data(), config.size(), &self_, &error.abi);
        expect(code == NEXUS_OK,
               "create fails with code " + std::to_string(code) + ": " + error.text);
        expect(self_ != nullptr, "create succeeds without an instance");
    }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;
    ~Instance() {
        if (self_ != nullptr) descriptor_.destroy(self_);
    }
    int32_t call(const nexus_ctx* ctx, int32_t op, const std::string& request, Sink& reply) const {
        return descriptor_.call(self_, ctx, op, request.data(), request.size(), &reply.abi);
    }
    int32_t transfer(const nexus_ctx* ctx, int32_t op, const std::string& request,
                     Sink& reply) const {
        return descriptor_.transfer(self_, ctx, op, request.data(), request.size(), -1, &reply.abi);
    }

  private:
    const nexus_backend_descriptor& descriptor_;
    void* self_ = nullptr;
};

nexus_ctx one_minute() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    return {sizeof(nexus_ctx),
            std::chrono::nanoseconds(end.time_since_epoch()).count(),
            -1,
            0,
            "check",
            ""};
}

void expect_message(const std::string& what, const Sink& reply) {
    try {
        expect(!codec::decode<ErrorText>(reply.text).message.empty(), what + " has no message");
    } catch (const codec::Malformed& error) {
        throw Broken(
            what + " comes with something else than {\"message\", \"retryable\"}: " + error.what());
    }
}

void expect_refused_host(Bench& bench, const nexus_host& host, const std::string& what) {
    const auto& descriptor = bench.library().descriptor();
    const std::string config = bench.config();
    void* self = nullptr;
    Sink error;
    const auto code = descriptor.create(&host, config.data(), config.size(), &self, &error.abi);
    if (code == NEXUS_OK && self != nullptr) descriptor.destroy(self);
    expect(code != NEXUS_OK, "create takes " + what);
    expect_message("the refusal of " + what, error);
}

void refuses_another_major(Bench& bench) {
    auto host = plain_host();
    host.abi_major = NEXUS_BACKEND_ABI_MAJOR + 1;
    expect_refused_host(bench, host, "a host of the next major ABI");
}

void refuses_a_tiny_host(Bench& bench) {
    auto host = plain_host();
    host.size = sizeof(host.size);
    expect_refused_host(bench, host, "a host struct that holds nothing but its size");
}

void expect_works(const Instance& instance, const nexus_ctx& ctx) {
    Sink reply;
    const auto code = instance.call(&ctx, NEXUS_OP_INFO, "{}", reply);
    expect(code == NEXUS_OK, "info fails with code " + std::to_string(code) + ": " + reply.text);
}

// A buffer just as long as the struct says it is: reading behind it is seen by a sanitizer.
void works_with_a_smaller_host(Bench& bench) {
    const auto whole = plain_host();
    constexpr std::size_t size = offsetof(nexus_host, features);
    const auto bytes = std::make_unique<char[]>(size);
    std::memcpy(bytes.get(), &whole, size);
    auto* const host = reinterpret_cast<nexus_host*>(bytes.get());
    host->size = size;
    expect_works(Instance(bench, host), one_minute());
}

struct LargerHost {
    nexus_host known;
    std::array<char, 256> of_a_later_minor;
};

void works_with_a_larger_host(Bench& bench) {
    LargerHost host{plain_host(), {}};
    host.known.size = sizeof(host);
    host.known.abi_minor = NEXUS_BACKEND_ABI_MINOR + 7;
    host.of_a_later_minor.fill('x');
    expect_works(Instance(bench, &host.known), one_minute());
}

struct LargerCtx {
    nexus_ctx known;
    std::array<char, 256> of_a_later_minor;
};

void works_with_a_larger_ctx(Bench& bench) {
    const auto host = plain_host();
    LargerCtx ctx{one_minute(), {}};
    ctx.known.size = sizeof(ctx);
    ctx.of_a_later_minor.fill('x');
    expect_works(Instance(bench, &host), ctx.known);
}

void refuses_unknown_operations(Bench& bench) {
    const auto host = plain_host();
    const Instance instance(bench, &host);
    const auto ctx = one_minute();
    for (const int32_t op : {0, -1, 9999}) {
        const std::string what = "operation " + std::to_string(op);
        Sink reply;
        const auto code = instance.call(&ctx, op, "{}", reply);
        expect(code == NEXUS_UNSUPPORTED,
               what + " returns code " + std::to_string(code) + " instead of NEXUS_UNSUPPORTED");
        expect_message(what, reply);
        Sink bulk;
        expect(instance.transfer(&ctx, op, "{}", bulk) == NEXUS_UNSUPPORTED,
               what + " of transfer is not NEXUS_UNSUPPORTED");
    }
}

constexpr std::array named_operations{NEXUS_OP_INSPECT,
                                      NEXUS_OP_INSPECT_VOLUME,
                                      NEXUS_OP_ENSURE_NETWORK,
                                      NEXUS_OP_REMOVE_NETWORK,
                                      NEXUS_OP_ENSURE_VOLUME,
                                      NEXUS_OP_REMOVE_VOLUME,
                                      NEXUS_OP_ENSURE_CONTAINER,
                                      NEXUS_OP_START,
                                      NEXUS_OP_STOP,
                                      NEXUS_OP_REMOVE};

void expect_invalid(const Instance& instance, int32_t op, const std::string& request) {
    const auto ctx = one_minute();
    const std::string what = std::string(to_string(static_cast<nexus_op>(op))) +
                             " with the request " + request.substr(0, 40);
    Sink reply;
    const auto code = instance.call(&ctx, op, request, reply);
    expect(code == NEXUS_INVALID,
           what + " returns code " + std::to_string(code) + " instead of NEXUS_INVALID");
    expect_message(what, reply);
}

void refuses_malformed_requests(Bench& bench) {
    const auto host = plain_host();
    const Instance instance(bench, &host);
    for (const auto op : named_operations) {
        for (const char* request :
             {"", "{", "[]", "7", R"({"name":7})", "{\"name\":\"a\"", "\xff\xfe"})
            expect_invalid(instance, op, request);
    }
}

void refuses_deep_requests(Bench& bench) {
    const auto host = plain_host();
    const Instance instance(bench, &host);
    constexpr std::size_t depth = 100'000;
    expect_invalid(instance, NEXUS_OP_INSPECT,
                   R"({"name":"a","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}");
}

void ignores_unknown_members(Bench& bench) {
    const auto host = plain_host();
    const Instance instance(bench, &host);
    const auto ctx = one_minute();
    Sink reply;
    const auto code = instance.call(
        &ctx, NEXUS_OP_INSPECT,
        R"({"name":")" + bench.name("nothing") + R"(","of_a_later_minor":{"x":[1]}})", reply);
    expect(code == NEXUS_OK, "inspect fails with code " + std::to_string(code) + ": " + reply.text);
}

void survives_a_full_sink(Bench& bench) {
    const auto host = plain_host();
    const Instance instance(bench, &host);
    const auto ctx = one_minute();
    Sink reply;
    reply.abi.write = [](void*, const char*, size_t) { return -1; };
    instance.call(&ctx, NEXUS_OP_INFO, "{}", reply);
    instance.call(&ctx, NEXUS_OP_INSPECT, "{", reply);
}

}  // namespace

std::vector<Check> boundary_checks() {
    return {
        {"other-major", "create refuses a host of another major ABI", refuses_another_major},
        {"tiny-host", "create refuses a host struct that is too small", refuses_a_tiny_host},
        {"smaller-host", "a field of the host is read only where it lies inside its size",
         works_with_a_smaller_host},
        {"larger-host", "an unknown tail of the host struct is ignored", works_with_a_larger_host},
        {"larger-ctx", "an unknown tail of a call's circumstances is ignored",
         works_with_a_larger_ctx},
        {"unknown-operation", "an operation of a later minor is NEXUS_UNSUPPORTED",
         refuses_unknown_operations},
        {"malformed-request",
         "a request that is no JSON object, or has wrong types, is "
         "NEXUS_INVALID",
         refuses_malformed_requests},
        {"deep-request", "a deeply nested request is NEXUS_INVALID", refuses_deep_requests},
        {"unknown-members", "members of a request that are not known are ignored",
         ignores_unknown_members},
        {"full-sink", "a sink that takes no more ends the call", survives_a_full_sink},
    };
}

}  // namespace nexus::conformance
