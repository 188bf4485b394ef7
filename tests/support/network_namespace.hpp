// The thread that makes it is in another network, with every program that it starts meanwhile, and
// back in its own when this object goes. Threads: the one that made it.
#pragma once

#include <nexus/unique_fd.hpp>
#include <string>

namespace nexus::test {

class InNetwork {
  public:
    // `path`: a namespace's file, such as /proc/<pid>/ns/net. Throws std::system_error.
    explicit InNetwork(const std::string& path);
    InNetwork(const InNetwork&) = delete;
    InNetwork& operator=(const InNetwork&) = delete;
    ~InNetwork();

  private:
    UniqueFd before_;
};

}  // namespace nexus::test
