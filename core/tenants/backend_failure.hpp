// From a backend's errors to the codes of results. Pure functions; threads: any.
#pragma once

#include <nexus/backend.hpp>

#include "base/failure.hpp"

namespace nexus::tenants {

// What `error` means to the producer of a job.
Failure failure_of(const BackendError& error);

// The same for the pull of `image`, where the registry is as likely the cause as the engine.
Failure pull_failure_of(const BackendError& error, const std::string& image);

}  // namespace nexus::tenants
