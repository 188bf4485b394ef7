// The lines of Podman's pull. Threads: one at a time.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "engine/pull.hpp"

namespace nexus::podman {

class PullProgress : public engine::PullProgress {
  public:
    void line(std::string_view json) override;
    // "4 blobs": the engine tells no bytes.
    std::string summary() const override;

  private:
    std::set<std::string> blobs_;
};

}  // namespace nexus::podman
