#include "base/failure.hpp"

namespace nexus {

std::string_view to_string(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_job:
            return "invalid_job";
        case ErrorCode::invalid_tenant_id:
            return "invalid_tenant_id";
        case ErrorCode::invalid_config_item:
            return "invalid_config_item";
        case ErrorCode::tenant_not_found:
            return "tenant_not_found";
        case ErrorCode::tenant_exists_elsewhere:
            return "tenant_exists_elsewhere";
        case ErrorCode::image_invalid:
            return "image_invalid";
        case ErrorCode::image_unavailable:
            return "image_unavailable";
        case ErrorCode::image_rolled_back:
            return "image_rolled_back";
        case ErrorCode::snapshot_not_found:
            return "snapshot_not_found";
        case ErrorCode::snapshot_corrupt:
            return "snapshot_corrupt";
        case ErrorCode::backend_unavailable:
            return "backend_unavailable";
        case ErrorCode::backend_failed:
            return "backend_failed";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::exhausted:
            return "exhausted";
        case ErrorCode::timeout:
            return "timeout";
        case ErrorCode::deadline:
            return "deadline";
        case ErrorCode::poison:
            return "poison";
        case ErrorCode::cancelled:
            return "cancelled";
        case ErrorCode::internal:
            break;
    }
    return "internal";
}

}  // namespace nexus
