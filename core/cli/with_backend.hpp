// What the commands share that ask the backend of the settings. Threads: one.
#pragma once

#include <functional>
#include <nexus/backend.hpp>

#include "cli/command.hpp"
#include "config/settings.hpp"

namespace nexus::cli {

// Runs `use` with the backend of the settings; what the engine has against it becomes a sentence
// and an exit code.
int with_backend(const CommandLine& line,
                 const std::function<void(Backend&, const config::Settings&)>& use);

}  // namespace nexus::cli
