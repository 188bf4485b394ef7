// A file that grows by whole lines of JSON, whoever else writes to it. Threads: any.
#pragma once

#include <nexus/unique_fd.hpp>
#include <string>
#include <utility>

namespace simulated {

class LineFile {
  public:
    // `what` names the file in messages ("journal"). An empty path: nothing is written. Throws
    // BackendError `internal` where the file cannot be opened.
    LineFile(std::string what, std::string path);

    bool wanted() const noexcept { return static_cast<bool>(fd_); }
    // Throws BackendError `internal`.
    void write(std::string line) const;

  private:
    std::string what_;
    std::string path_;
    nexus::UniqueFd fd_;
};

}  // namespace simulated
