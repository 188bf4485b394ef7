// From REDIS_URL and its companions to an endpoint. With REDIS_SENTINELS the host of REDIS_URL is
// not used, and everything else in it is. A pure function; threads: any.
#pragma once

#include "config/settings.hpp"
#include "redis/endpoint.hpp"

namespace nexus::app {

redis::Endpoint redis_endpoint(const config::Settings& settings);

}  // namespace nexus::app
