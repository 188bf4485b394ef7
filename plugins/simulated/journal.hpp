// What a test reads afterwards: which operations were asked for, and which of them changed the
// engine. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string_view>

#include "config.hpp"
#include "line_file.hpp"

namespace simulated {

class Journal {
  public:
    // Throws BackendError where a file cannot be opened.
    explicit Journal(const Config& config);

    // The line of an operation that is about to be done.
    void begin(const nexus::CallContext& ctx, std::string_view op) const;
    // The line of an operation that changed `object`, once the change is kept.
    void changed(const nexus::CallContext& ctx, std::string_view op, std::string_view object) const;

  private:
    LineFile journal_;
    LineFile effects_;
};

}  // namespace simulated
