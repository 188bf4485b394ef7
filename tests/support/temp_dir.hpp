// A fresh folder that is removed with everything in it at the end. Threads: as a plain value.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace nexus::test {

class TempDir {
  public:
    TempDir();
    TempDir(TempDir&& other) noexcept;
    TempDir& operator=(TempDir&&) = delete;
    ~TempDir();

    const std::filesystem::path& path() const noexcept { return path_; }
    // The path of something in it, for interfaces that take strings.
    std::string operator/(std::string_view name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;  // empty once moved from
};

// Throws std::runtime_error naming the path.
void write_file(const std::filesystem::path& path, std::string_view content);
std::string read_file(const std::filesystem::path& path);

}  // namespace nexus::test
