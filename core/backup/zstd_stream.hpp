// zstd, as blobs are written and read: one frame, with a checksum, is a whole file.
// Threads: one at a time for each.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace nexus::backup {

class ZstdWriter {
  public:
    // `fd` stays the caller's and must outlive it. `workers` threads compress beside the one that
    // writes; 0: that one does. Throws std::bad_alloc.
    ZstdWriter(int fd, int workers);

    // All throw std::system_error where `fd` takes no more.
    void write(std::string_view bytes);
    void finish();
    std::int64_t written() const noexcept { return written_; }

  private:
    std::size_t step(std::string_view& bytes, bool last);
    void flush();
    void begin_writing();

    const int fd_;
    std::unique_ptr<ZSTD_CCtx_s, std::size_t (*)(ZSTD_CCtx_s*)> context_;
    std::vector<char> out_;
    std::size_t filled_ = 0;
    std::int64_t written_ = 0;
    std::int64_t on_its_way_ = 0;  // to the disk
};

// The file is no such frame, or not the whole of one.
class ZstdDamaged : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class ZstdReader {
  public:
    // As above. A frame that needs more than 128 MiB to be read is damaged.
    explicit ZstdReader(int fd);

    // Fills `room`, all of it but at the end; returns how many bytes. Throws ZstdDamaged, also
    // where something follows the frame, and std::system_error.
    std::size_t read(std::span<char> room);

  private:
    bool fill();

    const int fd_;
    std::unique_ptr<ZSTD_DCtx_s, std::size_t (*)(ZSTD_DCtx_s*)> context_;
    std::vector<char> in_;
    std::size_t taken_ = 0;
    std::size_t filled_ = 0;
    bool whole_ = false;
};

}  // namespace nexus::backup
