#include <nexus/host.hpp>

namespace nexus {

std::string_view to_string(nexus_op op) noexcept {
    switch (op) {
        case NEXUS_OP_INFO:
            return "info";
        case NEXUS_OP_LIST:
            return "list";
        case NEXUS_OP_INSPECT:
            return "inspect";
        case NEXUS_OP_INSPECT_VOLUME:
            return "inspect_volume";
        case NEXUS_OP_ENSURE_NETWORK:
            return "ensure_network";
        case NEXUS_OP_REMOVE_NETWORK:
            return "remove_network";
        case NEXUS_OP_ENSURE_VOLUME:
            return "ensure_volume";
        case NEXUS_OP_REMOVE_VOLUME:
            return "remove_volume";
        case NEXUS_OP_ENSURE_IMAGE:
            return "ensure_image";
        case NEXUS_OP_ENSURE_CONTAINER:
            return "ensure_container";
        case NEXUS_OP_START:
            return "start";
        case NEXUS_OP_STOP:
            return "stop";
        case NEXUS_OP_REMOVE:
            return "remove";
        case NEXUS_OP_LOGS:
            return "logs";
        case NEXUS_OP_PAUSE:
            return "pause";
        case NEXUS_OP_UNPAUSE:
            return "unpause";
        case NEXUS_OP_RENAME:
            return "rename";
        case NEXUS_OP_STATS:
            return "stats";
        case NEXUS_OP_EXPORT_VOLUME:
            return "export_volume";
        case NEXUS_OP_IMPORT_VOLUME:
            return "import_volume";
        case NEXUS_OP_REMOVE_IMAGE:
            return "remove_image";
        case NEXUS_OP_SWAP_VOLUMES:
            return "swap_volumes";
        case NEXUS_OP_INSPECT_NETWORK:
            return "inspect_network";
    }
    return "unknown";
}

}  // namespace nexus
