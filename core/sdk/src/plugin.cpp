#include <nexus/plugin.hpp>

#include "plugin_calls.hpp"

namespace nexus {

void PluginHost::log(nexus_log_level level, std::string_view text) const noexcept {
    if (host_->log != nullptr) host_->log(host_->self, level, text.data(), text.size());
}

void PluginHost::event(const Event& event) const noexcept try {
    const std::string json = codec::encode(event);
    if (host_->event != nullptr) host_->event(host_->self, json.data(), json.size());
} catch (const std::exception& error) {
    log(NEXUS_LOG_WARNING, error.what());
}

namespace plugin_detail {
namespace {

void write(const nexus_sink* sink, std::string_view text) noexcept {
    if (sink == nullptr || !NEXUS_HAS(nexus_sink, sink, write) || sink->write == nullptr) return;
    sink->write(sink->self, text.data(), text.size());
}

std::int32_t report(const nexus_sink* sink, Code code, const char* message, bool retryable) noexcept
    try {
    write(sink, codec::encode(messages::Failure{message, retryable}));
    return static_cast<std::int32_t>(code == Code::ok ? Code::internal : code);
} catch (const std::exception&) {
    write(sink, R"({"message":"out of memory","retryable":true})");
    return NEXUS_EXHAUSTED;
}

// Runs what answers with a reply or an exception; nothing gets past it.
template <typename Run>
std::int32_t contained(const nexus_sink* sink, Run run) noexcept {
    try {
        write(sink, run());
        return NEXUS_OK;
    } catch (const BackendError& error) {
        return report(sink, error.code(), error.what(), error.retryable());
    } catch (const std::exception& error) {
        return report(sink, Code::internal, error.what(), false);
    } catch (...) {
        return report(sink, Code::internal, "an exception that is no std::exception", false);
    }
}

void require_usable(const nexus_host* host) {
    const bool sized = host != nullptr && NEXUS_HAS(nexus_host, host, event);
    if (sized && host->abi_major == NEXUS_BACKEND_ABI_MAJOR) return;
    throw BackendError(Code::invalid,
                       sized ? "this plugin speaks plugin ABI " +
                                   std::to_string(NEXUS_BACKEND_ABI_MAJOR) + ", its host " +
                                   std::to_string(host->abi_major)
                             : "the host's struct is smaller than plugin ABI " +
                                   std::to_string(NEXUS_BACKEND_ABI_MAJOR) + " has it",
                       false);
}

CallContext to_context(const nexus_ctx* ctx) {
    CallContext result{std::chrono::steady_clock::time_point::max(), -1, "", ""};
    if (ctx == nullptr) return result;
    if (NEXUS_HAS(nexus_ctx, ctx, deadline_ns)) {
        result.deadline =
            std::chrono::steady_clock::time_point(std::chrono::nanoseconds(ctx->deadline_ns));
    }
    if (NEXUS_HAS(nexus_ctx, ctx, cancel_fd)) result.cancel_fd = ctx->cancel_fd;
    if (NEXUS_HAS(nexus_ctx, ctx, operation_id) && ctx->operation_id != nullptr) {
        result.operation_id = ctx->operation_id;
    }
    if (NEXUS_HAS(nexus_ctx, ctx, tenant) && ctx->tenant != nullptr) result.tenant = ctx->tenant;
    return result;
}

std::unique_ptr<Backend> make(Factory factory, const PluginHost& host, std::string_view config) {
    try {
        return factory(host, config);
    } catch (const codec::Malformed& error) {
        throw BackendError(Code::invalid, std::string("the configuration: ") + error.what(), false);
    }
}

std::string_view view(const char* text, std::size_t size) noexcept {
    return text == nullptr ? std::string_view() : std::string_view(text, size);
}

}  // namespace

std::int32_t create(Factory factory, const nexus_host* host, const char* config,
                    std::size_t config_size, void** self, const nexus_sink* error) noexcept {
    return contained(error, [&]() -> std::string_view {
        require_usable(host);
        *self = make(factory, PluginHost(host), view(config, config_size)).release();
        return {};
    });
}

std::int32_t call(void* self, const nexus_ctx* ctx, std::int32_t op, const char* request,
                  std::size_t request_size, const nexus_sink* reply) noexcept {
    return contained(reply, [&] {
        return run_call(*static_cast<Backend*>(self), to_context(ctx), op,
                        view(request, request_size));
    });
}

std::int32_t transfer(void* self, const nexus_ctx* ctx, std::int32_t op, const char* request,
                      std::size_t request_size, std::int32_t fd, const nexus_sink* reply) noexcept {
    return contained(reply, [&] {
        return run_transfer(*static_cast<Backend*>(self), to_context(ctx), op,
                            view(request, request_size), fd);
    });
}

void destroy(void* self) noexcept {
    const std::unique_ptr<Backend> ended(static_cast<Backend*>(self));
}

}  // namespace plugin_detail
}  // namespace nexus
