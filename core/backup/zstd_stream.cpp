#include "backup/zstd_stream.hpp"

#include <fcntl.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <string>

#include "base/whole_io.hpp"

namespace nexus::backup {
namespace {

constexpr int level = 3;
// One window. What waits for two workers takes 20 MiB with it; zstd's own choice takes 64 for 1 %
// less of output.
constexpr int job_bytes = 2 << 20;
constexpr std::size_t buffer_bytes = 256U << 10U;
constexpr std::int64_t early_bytes = 8 << 20;
constexpr int max_window_log = 27;  // 128 MiB

template <typename Context>
Context required(Context context) {
    if (!context) throw std::bad_alloc();
    return context;
}

// For what can only fail for want of memory, or by a mistake of ours.
std::size_t checked(std::size_t result) {
    if (::ZSTD_isError(result) == 0) return result;
    if (::ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) throw std::bad_alloc();
    throw std::runtime_error(std::string("zstd: ") + ::ZSTD_getErrorName(result));
}

}  // namespace

ZstdWriter::ZstdWriter(int fd, int workers)
    : fd_(fd), context_(required(::ZSTD_createCCtx()), ::ZSTD_freeCCtx), out_(buffer_bytes) {
    checked(::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level));
    checked(::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1));
    if (workers == 0) return;
    // A library that was built without threads takes none, and does the same work without.
    if (::ZSTD_isError(::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_nbWorkers, workers))) return;
    checked(::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_jobSize, job_bytes));
}

void ZstdWriter::write(std::string_view bytes) {
    while (!bytes.empty())
        step(bytes, false);
}

void ZstdWriter::finish() {
    std::string_view nothing;
    while (step(nothing, true) != 0) {
    }
    flush();
    begin_writing();
}

std::size_t ZstdWriter::step(std::string_view& bytes, bool last) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer out{out_.data(), out_.size(), filled_};
    const std::size_t left = checked(
        ::ZSTD_compressStream2(context_.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue));
    bytes.remove_prefix(in.pos);
    filled_ = out.pos;
    if (filled_ == out_.size()) flush();
    return left;
}

void ZstdWriter::flush() {
    write_all(fd_, {out_.data(), filled_}, "the compressed file");
    written_ += static_cast<std::int64_t>(filled_);
    filled_ = 0;
    if (written_ - on_its_way_ >= early_bytes) begin_writing();
}

// Only a wish, so that the sync at the end finds little left to do.
void ZstdWriter::begin_writing() {
    ::sync_file_range(fd_, on_its_way_, written_ - on_its_way_, SYNC_FILE_RANGE_WRITE);
    on_its_way_ = written_;
}

ZstdReader::ZstdReader(int fd)
    : fd_(fd), context_(required(::ZSTD_createDCtx()), ::ZSTD_freeDCtx), in_(buffer_bytes) {
    checked(::ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, max_window_log));
}

std::size_t ZstdReader::read(std::span<char> room) {
    ZSTD_outBuffer out{room.data(), room.size(), 0};
    while (!whole_ && out.pos < out.size) {
        const bool more = taken_ < filled_ || fill();
        ZSTD_inBuffer in{in_.data(), filled_, taken_};
        const std::size_t before = out.pos;
        const std::size_t left = ::ZSTD_decompressStream(context_.get(), &out, &in);
        taken_ = in.pos;
        if (::ZSTD_isError(left) != 0) {
            if (::ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation) throw std::bad_alloc();
            throw ZstdDamaged(::ZSTD_getErrorName(left));
        }
        whole_ = left == 0;
        if (!more && !whole_ && out.pos == before) throw ZstdDamaged("it is cut");
    }
    if (whole_ && (taken_ < filled_ || fill())) throw ZstdDamaged("something follows its end");
    return out.pos;
}

bool ZstdReader::fill() {
    filled_ = read_full(fd_, in_, "the compressed file");
    taken_ = 0;
    return filled_ > 0;
}

}  // namespace nexus::backup
