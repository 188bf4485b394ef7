// A Docker Engine or a Podman service that this process starts, and that is gone when this object
// or the process ends, however it ends. Threads: one at a time.
#pragma once

#include <nexus/unique_fd.hpp>
#include <string>
#include <vector>

#include "support/temp_dir.hpp"

namespace nexus::test {

// Runs deploy/private-engine.sh: the first line of what it says. Throws Unavailable with its
// message where it fails.
std::string engine_script(const std::vector<std::string>& arguments);

class PrivateEngine {
  public:
    // `kind` is "docker" or "podman". Throws Unavailable where it cannot be had.
    explicit PrivateEngine(const std::string& kind);
    PrivateEngine(const PrivateEngine&) = delete;
    PrivateEngine& operator=(const PrivateEngine&) = delete;
    ~PrivateEngine();

    const std::string& folder() const noexcept { return folder_; }
    const std::string& endpoint() const noexcept { return endpoint_; }

  private:
    void guard();

    TempDir files_;
    std::string folder_ = files_.path();
    UniqueFd life_;
    std::string endpoint_;
};

}  // namespace nexus::test
