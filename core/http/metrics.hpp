// The text that Prometheus reads. Threads: any.
#pragma once

#include <string>

#include "http/status_source.hpp"

namespace nexus::http {

inline constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

std::string to_prometheus(const Metrics& metrics);

}  // namespace nexus::http
