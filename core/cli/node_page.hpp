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

}  // namespace nexus::cli
