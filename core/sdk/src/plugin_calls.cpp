#include "plugin_calls.hpp"

namespace nexus::plugin_detail {
namespace {

using codec::encode;

template <typename T>
T decode(std::string_view request) {
    try {
        return codec::decode<T>(request);
    } catch (const codec::Malformed& error) {
        throw BackendError(Code::invalid, std::string("malformed request: ") + error.what(), false);
    }
}

std::string name_in(std::string_view request) {
    return decode<messages::Name>(request).name;
}

BackendError unknown(std::int32_t op) {
    return {Code::unsupported, "operation " + std::to_string(op) + " is not known to this plugin",
            false};
}

const std::string& done() {
    static const std::string nothing = encode(messages::Nothing{});
    return nothing;
}

}  // namespace

std::string run_call(Backend& backend, const CallContext& ctx, std::int32_t op,
                     std::string_view request) {
    switch (op) {
        case NEXUS_OP_INFO:
            return encode(backend.info(ctx));
        case NEXUS_OP_LIST:
            return encode(messages::Containers{
                backend.list(ctx, decode<messages::ByLabels>(request).labels)});
        case NEXUS_OP_INSPECT:
            return encode(messages::FoundContainer{backend.inspect(ctx, name_in(request))});
        case NEXUS_OP_INSPECT_VOLUME:
            return encode(messages::FoundVolume{backend.inspect_volume(ctx, name_in(request))});
        case NEXUS_OP_ENSURE_NETWORK:
            return encode(backend.ensure_network(ctx, decode<NetworkSpec>(request)));
        case NEXUS_OP_REMOVE_NETWORK:
            backend.remove_network(ctx, name_in(request));
            return done();
        case NEXUS_OP_ENSURE_VOLUME:
            return encode(backend.ensure_volume(ctx, decode<VolumeSpec>(request)));
        case NEXUS_OP_REMOVE_VOLUME:
            backend.remove_volume(ctx, name_in(request));
            return done();
        case NEXUS_OP_ENSURE_IMAGE:
            return encode(backend.ensure_image(ctx, decode<ImageRequest>(request)));
        case NEXUS_OP_ENSURE_CONTAINER:
            return encode(backend.ensure_container(ctx, decode<ContainerSpec>(request)));
        case NEXUS_OP_START:
            backend.start(ctx, name_in(request));
            return done();
        case NEXUS_OP_STOP: {
            const auto stop = decode<messages::Stop>(request);
            backend.stop(ctx, stop.name, std::chrono::seconds(stop.grace_seconds));
            return done();
        }
        case NEXUS_OP_REMOVE:
            backend.remove(ctx, name_in(request));
            return done();
        case NEXUS_OP_PAUSE:
            backend.pause(ctx, name_in(request));
            return done();
        case NEXUS_OP_UNPAUSE:
            backend.unpause(ctx, name_in(request));
            return done();
        case NEXUS_OP_RENAME: {
            const auto names = decode<messages::Rename>(request);
            backend.rename(ctx, names.name, names.new_name);
            return done();
        }
        case NEXUS_OP_STATS:
            return encode(backend.stats(ctx, name_in(request)));
        case NEXUS_OP_REMOVE_IMAGE:
            backend.remove_image(ctx, decode<messages::Image>(request).reference);
            return done();
        case NEXUS_OP_SWAP_VOLUMES: {
            const auto volumes = decode<messages::Pair>(request);
            backend.swap_volumes(ctx, volumes.first, volumes.second);
            return done();
        }
        case NEXUS_OP_INSPECT_NETWORK:
            return encode(messages::FoundNetwork{backend.inspect_network(ctx, name_in(request))});
        default:
            throw unknown(op);
    }
}

std::string run_transfer(Backend& backend, const CallContext& ctx, std::int32_t op,
                         std::string_view request, int fd) {
    switch (op) {
        case NEXUS_OP_LOGS: {
            const auto logs = decode<messages::Logs>(request);
            backend.logs(ctx, logs.name, logs.tail, fd);
            return done();
        }
        case NEXUS_OP_EXPORT_VOLUME:
            return encode(backend.export_volume(ctx, name_in(request), fd));
        case NEXUS_OP_IMPORT_VOLUME:
            return encode(backend.import_volume(ctx, name_in(request), fd));
        default:
            throw unknown(op);
    }
}

}  // namespace nexus::plugin_detail
