#include "archive/tar_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/mman.h>

#include <algorithm>
#include <new>

#include "archive/wait.hpp"

namespace nexus::archive {
namespace {

constexpr int block_bytes = 256 << 10;

}  // namespace

// Zeros to pass for a hole: memory that is only there in name.
class TarWriter::Zeros {
  public:
    Zeros()
        : start_(::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                        0)) {
        if (start_ == MAP_FAILED) throw std::bad_alloc();
    }
    Zeros(const Zeros&) = delete;
    Zeros& operator=(const Zeros&) = delete;
    ~Zeros() { ::munmap(start_, size); }
    std::string_view bytes() const { return {static_cast<const char*>(start_), size}; }

  private:
    static constexpr std::size_t size = 1U << 30U;
    void* const start_;
};

TarWriter::TarWriter(const CallContext& ctx, int fd)
    : ctx_(ctx),
      out_(ctx, fd),
      archive_(::archive_write_new(), [](::archive* made) { ::archive_write_free(made); }),
      entry_(::archive_entry_new(), ::archive_entry_free) {
    if (!archive_ || !entry_) throw std::bad_alloc();
    check(::archive_write_set_format_pax(archive_.get()));
    check(::archive_write_set_format_option(archive_.get(), "pax", "hdrcharset", "BINARY"));
    check(::archive_write_set_format_option(archive_.get(), "pax", "xattrheader", "SCHILY"));
    check(::archive_write_set_bytes_per_block(archive_.get(), block_bytes));
    check(::archive_write_set_bytes_in_last_block(archive_.get(), 1));
    const auto write = [](::archive* /*archive*/, void* self, const void* data,
                          std::size_t size) -> la_ssize_t {
        return static_cast<TarWriter*>(self)->write({static_cast<const char*>(data), size});
    };
    check(::archive_write_open(archive_.get(), this, nullptr, write, nullptr));
}

TarWriter::~TarWriter() {
    // Or libarchive would end the archive properly, whatever is missing.
    ending_ = true;
}

// What goes wrong is thrown by check(): no exception can pass through a C library, and libarchive
// never frees its buffer once it has seen an error before its end.
std::int64_t TarWriter::write(std::string_view bytes) {
    if (ending_) return ARCHIVE_FATAL;
    try {
        if (!failure_) out_.write(bytes);
    } catch (...) {
        failure_ = std::current_exception();
    }
    return static_cast<std::int64_t>(bytes.size());
}

void TarWriter::header(const TarHeader& header) {
    archive_entry* const entry = entry_.get();
    const FileFacts& facts = header.facts;
    ::archive_entry_clear(entry);
    ::archive_entry_copy_pathname(entry, header.path.c_str());
    ::archive_entry_set_mode(entry, facts.mode);
    ::archive_entry_set_uid(entry, facts.uid);
    ::archive_entry_set_gid(entry, facts.gid);
    ::archive_entry_set_mtime(entry, facts.mtime.tv_sec, facts.mtime.tv_nsec);
    ::archive_entry_set_size(entry, header.size);
    if (!header.hardlink.empty()) ::archive_entry_copy_hardlink(entry, header.hardlink.c_str());
    if (S_ISLNK(facts.mode)) ::archive_entry_copy_symlink(entry, header.symlink.c_str());
    for (const auto& [name, value] : facts.attributes)
        ::archive_entry_xattr_add_entry(entry, name.c_str(), value.data(), value.size());
    for (const Extent& extent : header.data)
        ::archive_entry_sparse_add_entry(entry, extent.offset, extent.length);
    if (header.data.empty() && header.size > 0) ::archive_entry_sparse_add_entry(entry, 0, 0);
    check(::archive_write_header(archive_.get(), entry));
}

void TarWriter::content(std::string_view bytes) {
    while (!bytes.empty()) {
        const la_ssize_t taken = ::archive_write_data(archive_.get(), bytes.data(), bytes.size());
        check(taken);
        if (taken == 0) throw BackendError(Code::internal, "libarchive takes no content", false);
        bytes.remove_prefix(static_cast<std::size_t>(taken));
    }
}

void TarWriter::hole(std::int64_t length) {
    if (length > 0 && !zeros_) zeros_ = std::make_unique<Zeros>();
    while (length > 0) {
        require_time(ctx_, "the end of a hole");
        const std::string_view piece = zeros_->bytes().substr(
            0, static_cast<std::size_t>(std::min<std::int64_t>(
                   length, static_cast<std::int64_t>(zeros_->bytes().size()))));
        content(piece);
        length -= static_cast<std::int64_t>(piece.size());
    }
}

void TarWriter::finish() {
    check(::archive_write_close(archive_.get()));
}

void TarWriter::check(std::int64_t result) {
    if (failure_) std::rethrow_exception(failure_);
    if (result >= ARCHIVE_OK) return;
    const char* const problem = ::archive_error_string(archive_.get());
    throw BackendError(Code::internal,
                       std::string("the archive cannot be written: ") +
                           (problem == nullptr ? "libarchive does not say why" : problem),
                       false);
}

}  // namespace nexus::archive
