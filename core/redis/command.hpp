// One command for Redis: a value that knows its words and nothing of a connection. Words may hold
// any bytes, and none. Threads: as a plain value.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::redis {

class Command {
  public:
    // Command("XADD", stream, "*", "job", text); whole numbers are written in decimal.
    template <typename... Words>
    explicit Command(std::string_view name, const Words&... words) {
        add(name);
        (add(words), ...);
    }

    Command& add(std::string_view word);
    Command& add(std::integral auto number) {
        return add(std::string_view(std::to_string(number)));
    }

    std::size_t size() const noexcept { return ends_.size(); }
    // Valid until the next add().
    std::string_view word(std::size_t index) const;

    // Appends the command as RESP. Throws std::length_error beyond 512 MiB, which Redis would not
    // take.
    void append_to(std::string& buffer) const;

  private:
    std::string words_;              // one after the other: one allocation, however many there are
    std::vector<std::size_t> ends_;  // where each ends in words_
};

}  // namespace nexus::redis
