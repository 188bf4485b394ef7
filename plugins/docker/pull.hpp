// The lines of a Docker Engine's pull. Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "engine/pull.hpp"

namespace nexus::docker {

class PullProgress : public engine::PullProgress {
  public:
    void line(std::string_view json) override;
    // "2 of 5 layers, 10.5 of 31.0 MB".
    std::string summary() const override;

  private:
    struct Layer {
        std::int64_t current = 0;
        std::int64_t total = 0;
        bool complete = false;
    };

    void progress(const std::string& id, const std::string& status, std::int64_t current,
                  std::int64_t total);

    std::map<std::string, Layer> layers_;
};

}  // namespace nexus::docker
