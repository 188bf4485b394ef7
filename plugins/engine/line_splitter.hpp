// Cuts a stream of bytes that comes in pieces into lines. Threads: one at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace nexus::engine {

class LineSplitter {
  public:
    // Far more than an engine's longest progress line.
    static constexpr std::size_t max_line = 1U << 20U;

    using Consumer = std::function<void(std::string_view line)>;

    // `consume` gets each line without its end, empty ones not at all.
    explicit LineSplitter(Consumer consume) : consume_(std::move(consume)) {}

    // Throws BackendError `internal` where a line is longer than max_line.
    void feed(std::string_view bytes);
    // What stands behind the last line feed is a line too.
    void finish();

  private:
    void line(std::string_view text);

    Consumer consume_;
    std::string begun_;
};

}  // namespace nexus::engine
