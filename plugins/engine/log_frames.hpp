// Takes the frames off a container's log stream: eight bytes of head (1 = stdout or 2 = stderr,
// three zeros, the length as 32 bits, big endian), then the text. Threads: one at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace nexus::engine {

class LogFrames {
  public:
    using Consumer = std::function<void(std::string_view text)>;

    // `consume` gets the text of both streams as it comes, in pieces of any size.
    explicit LogFrames(Consumer consume) : consume_(std::move(consume)) {}

    // Throws BackendError `internal` for a head that is none.
    void feed(std::string_view bytes);
    // Throws BackendError `internal` where the stream ends inside a frame.
    void finish() const;

  private:
    std::string_view take_head(std::string_view bytes);

    Consumer consume_;
    std::array<unsigned char, 8> head_{};
    std::size_t head_bytes_ = 0;
    std::uint32_t text_left_ = 0;
};

}  // namespace nexus::engine
