// A plugin is not loaded, or not with this configuration. The message names the file, says what is
// wrong and how to mend it. Threads: as a plain value.
#pragma once

#include <stdexcept>
#include <string>

namespace nexus {

class PluginError : public std::runtime_error {
  public:
    PluginError(const std::string& file, const std::string& problem, const std::string& mend)
        : std::runtime_error("backend plugin " + file + ": " + problem + "; " + mend) {}
};

}  // namespace nexus
