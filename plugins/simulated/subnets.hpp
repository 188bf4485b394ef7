// The IPv4 ranges that networks have taken. Threads: one at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace simulated {

class Subnets {
  public:
    // Takes "10.231.0.16/28", or for an empty text the first free /24 of 172.16.0.0/12, and returns
    // it. Throws BackendError: `invalid`, `conflict` where it overlaps a taken one, `exhausted`.
    std::string take(const std::string& cidr);
    // Gives back what `take` returned.
    void release(const std::string& cidr);

  private:
    struct Range {
        std::uint32_t first;
        std::uint32_t last;
    };
    static Range parse(const std::string& cidr);
    bool is_free(const Range& range) const;
    std::string choose();

    std::map<std::uint32_t, std::uint32_t> taken_;  // first -> last address, none overlapping
};

}  // namespace simulated
