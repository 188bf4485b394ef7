// What the runner of this machine answers over HTTP. Threads: one.
#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "config/settings.hpp"

namespace nexus::cli {

// The document at /status of the runner that listens on LISTEN_ADDRESS; nothing where none answers
// within a few seconds.
std::optional<json::Document> read_status(const config::Settings& settings);

// Whether it answers at /healthz within a few seconds, and says that it is well.
bool is_healthy(const config::Settings& settings);

}  // namespace nexus::cli
