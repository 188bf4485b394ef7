#include <limits>
#include <nexus/host.hpp>

#include "messages.hpp"

namespace nexus {
namespace {

using messages::Name;
using messages::Nothing;

constexpr std::size_t max_event_bytes = 64U << 10U;

// Where a plugin writes its reply; takes no more than codec::max_bytes.
class ReplySink {
  public:
    ReplySink() : abi_{sizeof(nexus_sink), this, &ReplySink::write} {}
    ReplySink(const ReplySink&) = delete;
    ReplySink& operator=(const ReplySink&) = delete;
    const nexus_sink* abi() const noexcept { return &abi_; }
    const std::string& text() const noexcept { return text_; }
    bool overflown() const noexcept { return overflown_; }

  private:
    static std::int32_t write(void* self, const char* data, std::size_t n) noexcept try {
        auto& sink = *static_cast<ReplySink*>(self);
        sink.overflown_ = sink.overflown_ || n > codec::max_bytes - sink.text_.size();
        if (sink.overflown_) return -1;
        if (n > 0) sink.text_.append(data, n);
        return 0;
    } catch (const std::exception&) {
        static_cast<ReplySink*>(self)->overflown_ = true;
        return -1;
    }

    nexus_sink abi_;
    std::string text_;
    bool overflown_ = false;
};

Code code_of(std::int32_t value) noexcept {
    const bool known = value > NEXUS_OK && value <= NEXUS_INTERNAL;
    return known ? static_cast<Code>(value) : Code::internal;
}

class PluginBackend final : public Backend {
  public:
    PluginBackend(const nexus_backend_descriptor& descriptor, const std::string& config,
                  HostCallbacks& callbacks)
        : plugin_(descriptor),
          callbacks_(callbacks),
          host_{sizeof(nexus_host),
                NEXUS_BACKEND_ABI_MAJOR,
                NEXUS_BACKEND_ABI_MINOR,
                this,
                &PluginBackend::log,
                &PluginBackend::event,
                &no_features} {
        const ReplySink error;
        const auto code = plugin_.create(&host_, config.data(), config.size(), &self_, error.abi());
        if (code != NEXUS_OK) fail("create", code, error);
        if (self_ == nullptr) throw wrong("create", "gave no instance");
    }
    ~PluginBackend() override { plugin_.destroy(self_); }

    Info info(const CallContext& ctx) override { return call<Info>(ctx, NEXUS_OP_INFO, Nothing{}); }
    std::vector<ContainerState> list(const CallContext& ctx, const Labels& labels) override {
        return call<messages::Containers>(ctx, NEXUS_OP_LIST, messages::ByLabels{labels})
            .containers;
    }
    std::optional<ContainerState> inspect(const CallContext& ctx,
                                          const std::string& name) override {
        return call<messages::FoundContainer>(ctx, NEXUS_OP_INSPECT, Name{name}).container;
    }
    std::optional<VolumeState> inspect_volume(const CallContext& ctx,
                                              const std::string& name) override {
        return call<messages::FoundVolume>(ctx, NEXUS_OP_INSPECT_VOLUME, Name{name}).volume;
    }
    NetworkState ensure_network(const CallContext& ctx, const NetworkSpec& spec) override {
        return call<NetworkState>(ctx, NEXUS_OP_ENSURE_NETWORK, spec);
    }
    void remove_network(const CallContext& ctx, const std::string& name) override {
        call<Nothing>(ctx, NEXUS_OP_REMOVE_NETWORK, Name{name});
    }
    VolumeState ensure_volume(const CallContext& ctx, const VolumeSpec& spec) override {
        return call<VolumeState>(ctx, NEXUS_OP_ENSURE_VOLUME, spec);
    }
    void remove_volume(const CallContext& ctx, const std::string& name) override {
        call<Nothing>(ctx, NEXUS_OP_REMOVE_VOLUME, Name{name});
    }
    ImageState ensure_image(const CallContext& ctx, const ImageRequest& request) override {
        return call<ImageState>(ctx, NEXUS_OP_ENSURE_IMAGE, request);
    }
    ContainerState ensure_container(const CallContext& ctx, const ContainerSpec& spec) override {
        return call<ContainerState>(ctx, NEXUS_OP_ENSURE_CONTAINER, spec);
    }
    void start(const CallContext& ctx, const std::string& name) override {
        call<Nothing>(ctx, NEXUS_OP_START, Name{name});
    }
    void stop(const CallContext& ctx, const std::string& name,
              std::chrono::seconds grace) override {
        call<Nothing>(ctx, NEXUS_OP_STOP, messages::Stop{name, grace.count()});
    }
    void remove(const CallContext& ctx, const std::string& name) override {
        call<Nothing>(ctx, NEXUS_OP_REMOVE, Name{name});
    }
    void logs(const CallContext& ctx, const std::string& name, std::int64_t tail, int fd) override {
        transfer<Nothing>(ctx, NEXUS_OP_LOGS, messages::Logs{name, tail}, fd);
    }
    void pause(const CallContext& ctx, const std::string& name) override {
        call<Nothing>(ctx, NEXUS_OP_PAUSE, Name{name});
    }
    void unpause(const CallContext& ctx, const std::string& name) override {
        call<Nothing>(ctx, NEXUS_OP_UNPAUSE, Name{name});
    }
    void rename(const CallContext& ctx, const std::string& name,
                const std::string& new_name) override {
        call<Nothing>(ctx, NEXUS_OP_RENAME, messages::Rename{name, new_name});
    }
    Stats stats(const CallContext& ctx, const std::string& name) override {
        return call<Stats>(ctx, NEXUS_OP_STATS, Name{name});
    }
    VolumeCopy export_volume(const CallContext& ctx, const std::string& name, int fd) override {
        return transfer<VolumeCopy>(ctx, NEXUS_OP_EXPORT_VOLUME, Name{name}, fd);
    }
    VolumeCopy import_volume(const CallContext& ctx, const std::string& name, int fd) override {
        return transfer<VolumeCopy>(ctx, NEXUS_OP_IMPORT_VOLUME, Name{name}, fd);
    }
    void remove_image(const CallContext& ctx, const std::string& reference) override {
        call<Nothing>(ctx, NEXUS_OP_REMOVE_IMAGE, messages::Image{reference});
    }
    void swap_volumes(const CallContext& ctx, const std::string& first,
                      const std::string& second) override {
        call<Nothing>(ctx, NEXUS_OP_SWAP_VOLUMES, messages::Pair{first, second});
    }
    std::optional<NetworkState> inspect_network(const CallContext& ctx,
                                                const std::string& name) override {
        return call<messages::FoundNetwork>(ctx, NEXUS_OP_INSPECT_NETWORK, Name{name}).network;
    }

  private:
    template <typename Reply, typename Request>
    Reply call(const CallContext& ctx, nexus_op op, const Request& request) {
        return cross<Reply>(ctx, op, request, [&](const auto& abi, const auto& text, auto* sink) {
            return plugin_.call(self_, &abi, op, text.data(), text.size(), sink);
        });
    }

    template <typename Reply, typename Request>
    Reply transfer(const CallContext& ctx, nexus_op op, const Request& request, int fd) {
        return cross<Reply>(ctx, op, request, [&](const auto& abi, const auto& text, auto* sink) {
            return plugin_.transfer(self_, &abi, op, text.data(), text.size(), fd, sink);
        });
    }

    template <typename Reply, typename Request, typename Function>
    Reply cross(const CallContext& ctx, nexus_op op, const Request& request, Function function) {
        const std::string text = codec::encode(request);
        const nexus_ctx circumstances = to_abi(ctx);
        const ReplySink reply;
        return result<Reply>(op, function(circumstances, text, reply.abi()), reply);
    }

    template <typename Reply>
    Reply result(nexus_op op, std::int32_t code, const ReplySink& reply) const {
        if (code != NEXUS_OK) fail(to_string(op), code, reply);
        return decode<Reply>(to_string(op), reply);
    }

    template <typename T>
    T decode(std::string_view op, const ReplySink& reply) const {
        if (reply.overflown()) throw wrong(op, "gave a reply that is longer than 64 MiB");
        try {
            return codec::decode<T>(reply.text());
        } catch (const codec::Malformed& error) {
            throw wrong(op, std::string("gave a malformed reply: ") + error.what());
        }
    }

    [[noreturn]] void fail(std::string_view op, std::int32_t code, const ReplySink& reply) const {
        const auto failure = decode<messages::Failure>(op, reply);
        throw BackendError(code_of(code), failure.message, failure.retryable);
    }

    BackendError wrong(std::string_view op, const std::string& what) const {
        return {Code::internal,
                "the backend plugin " + std::string(plugin_.name) + " " + what + " (" +
                    std::string(op) + ")",
                false};
    }

    static nexus_ctx to_abi(const CallContext& ctx) noexcept {
        const std::chrono::nanoseconds deadline = ctx.deadline.time_since_epoch();
        return {sizeof(nexus_ctx),        deadline.count(),  ctx.cancel_fd, 0,
                ctx.operation_id.c_str(), ctx.tenant.c_str()};
    }

    static void log(void* self, std::int32_t level, const char* text, std::size_t n) noexcept {
        const bool known = level >= NEXUS_LOG_DEBUG && level <= NEXUS_LOG_ERROR;
        static_cast<PluginBackend*>(self)->callbacks_.log(
            known ? static_cast<nexus_log_level>(level) : NEXUS_LOG_WARNING,
            text == nullptr ? std::string_view() : std::string_view(text, n));
    }

    static void event(void* self, const char* json, std::size_t n) noexcept {
        auto& callbacks = static_cast<PluginBackend*>(self)->callbacks_;
        try {
            if (json == nullptr || n > max_event_bytes) throw codec::Malformed("its size is wrong");
            callbacks.event(codec::decode<Event>({json, n}));
        } catch (const std::exception& error) {
            callbacks.log(NEXUS_LOG_WARNING, "an event of the plugin is malformed");
            callbacks.log(NEXUS_LOG_DEBUG, error.what());
        }
    }

    static constexpr const char* no_features = nullptr;

    const nexus_backend_descriptor& plugin_;
    HostCallbacks& callbacks_;
    nexus_host host_;
    void* self_ = nullptr;
};

}  // namespace

std::unique_ptr<Backend> create_backend(const nexus_backend_descriptor& descriptor,
                                        const std::string& config, HostCallbacks& callbacks) {
    return std::make_unique<PluginBackend>(descriptor, config, callbacks);
}

}  // namespace nexus
