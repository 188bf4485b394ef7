#include "tenants/backend_failure.hpp"

namespace nexus::tenants {
namespace {

ErrorCode code_of(Code code) {
    switch (code) {
        case Code::exists:
        case Code::conflict:
            return ErrorCode::conflict;
        case Code::unavailable:
            return ErrorCode::backend_unavailable;
        case Code::timeout:
            return ErrorCode::timeout;
        case Code::cancelled:
            return ErrorCode::cancelled;
        case Code::exhausted:
            return ErrorCode::exhausted;
        case Code::ok:
        case Code::not_found:
        case Code::invalid:
        case Code::denied:
        case Code::unsupported:
        case Code::internal:
            break;
    }
    return ErrorCode::backend_failed;
}

}  // namespace

Failure failure_of(const BackendError& error) {
    // A verb pulls or makes whatever it needs first: what it does not find then was removed in
    // between, and comes again with another attempt.
    const bool vanished = error.code() == Code::not_found;
    return {code_of(error.code()), error.what(), error.retryable() || vanished};
}

Failure pull_failure_of(const BackendError& error, const std::string& image) {
    switch (error.code()) {
        case Code::invalid:
            return {ErrorCode::image_invalid, "image " + image + ": " + error.what()};
        case Code::not_found:
            return {ErrorCode::image_unavailable, "image " + image +
                                                      " is not in its registry: " + error.what() +
                                                      "; push it, or correct the reference"};
        case Code::denied:
            return {ErrorCode::image_unavailable,
                    "the registry refuses to give image " + image + ": " + error.what() +
                        "; add its credentials to REGISTRY_AUTH_FILE"};
        case Code::unavailable:
        case Code::internal:
            return {ErrorCode::image_unavailable,
                    "image " + image + " could not be pulled: " + error.what(), error.retryable()};
        default:
            return failure_of(error);
    }
}

}  // namespace nexus::tenants
