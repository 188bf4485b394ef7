// One stream of bytes for several readers at once: every byte is made once, and what is done with
// it runs on as many processors as there are.
// Threads: spread() from any; what it is given runs in the threads that it says.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace nexus::backup {

// Called between pieces of long work; throws Failure where that is to end.
using Permit = std::function<void()>;

// To a reader: there will be no more, and this was not the end.
class Cut : public std::runtime_error {
  public:
    Cut() : std::runtime_error("the stream was cut") {}
};

// What a reader sees of the stream.
class Feed {
  public:
    virtual ~Feed() = default;
    // The next bytes, valid until the next call; empty at the end. Throws Cut.
    virtual std::string_view next() = 0;
    // Readable (POLLIN) once the stream is cut.
    virtual int cut_fd() const = 0;
};

// Fills `room` with the next bytes, all of it but at the end; returns how many. 0 is the end.
using Make = std::function<std::size_t(std::span<char> room)>;
using Reader = std::function<void(Feed& feed)>;

// Calls `make` and `permit` in this thread, until the end or until one of them or a reader throws,
// and each reader in a thread of its own. Throws what the first of the readers threw that threw
// something else than Cut; else what `make` or `permit` did. A reader may return before the end.
void spread(const Make& make, const std::vector<Reader>& readers, const Permit& permit);

}  // namespace nexus::backup
