// What is in the volumes: the tar that was imported into each, kept as it came.
// Threads: one at a time.
#pragma once

#include <map>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>

namespace simulated {

class Contents {
  public:
    // `folder` is made at the first import and outlives the process; empty: memory alone.
    explicit Contents(std::string folder) : folder_(std::move(folder)) {}

    // A tar without entries where nothing was imported. Throws BackendError `internal`.
    std::string get(const std::string& volume) const;
    // Takes what check_tar accepts. Throws BackendError: `conflict` where something was imported
    // before, `internal`.
    void put(const std::string& volume, const std::string& tar);
    // Throws BackendError: `unsupported` where the file system cannot exchange files, `internal`.
    void swap(const std::string& first, const std::string& second);
    void forget(const std::string& volume);

  private:
    void swap_files(const std::string& first, const std::string& second) const;
    std::string file_of(const std::string& volume) const;

    std::string folder_;
    std::map<std::string, std::string> tars_;  // where there is no folder
};

// Throws BackendError `invalid` where `bytes` are no tar that ends as one does; counts what it
// holds.
nexus::VolumeCopy check_tar(std::string_view bytes);

}  // namespace simulated
