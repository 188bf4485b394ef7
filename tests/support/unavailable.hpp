// Something a test needs cannot be had on this machine: no program, no root, no kernel feature.
#pragma once

#include <stdexcept>
#include <string>

namespace nexus::test {

// Thrown by the constructors of the servers. The main of the integration tests turns it into a
// visible skip.
class Unavailable : public std::runtime_error {
  public:
    Unavailable(const std::string& what, const std::string& why)
        : std::runtime_error(what + ": " + why) {}
};

}  // namespace nexus::test
