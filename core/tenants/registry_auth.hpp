// Credentials for pulls, from a file in the format of `docker login`. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

#include "base/log.hpp"

namespace nexus::tenants {

// The credentials that `file` holds for `registry` (such as "ghcr.io" or "docker.io"); empty ones
// where it holds none, or where `file` is empty or not there. Read anew at each call, so that a
// rotated password needs no restart. Every secret found becomes known to `redactor`. Throws Failure
// `image_unavailable` where the file cannot be read or understood.
RegistryAuth registry_auth(const std::string& file, const std::string& registry,
                           Redactor& redactor);

}  // namespace nexus::tenants
