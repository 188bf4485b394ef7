#include "backup/blob_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>
#include <system_error>
#include <thread>

#include "archive/bulk_writer.hpp"
#include "archive/volume_error.hpp"
#include "backup/file_list.hpp"
#include "backup/manifest.hpp"
#include "backup/part_file.hpp"
#include "backup/sha256.hpp"
#include "backup/tar_notes.hpp"
#include "backup/zstd_stream.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "base/kill_point.hpp"
#include "base/whole_io.hpp"

namespace nexus::backup {
namespace {

using archive::quoted;

std::string tar_name(const std::string& sha256) {
    return sha256 + ".tar.zst";
}
std::string list_name(const std::string& sha256) {
    return sha256 + ".files.jsonl.zst";
}

std::string name_of(const FileNote& note) {
    return quoted(note.path.empty() ? "." : note.path);
}

[[noreturn]] void damaged(const std::string& sha256, const std::string& problem) {
    throw BlobDamaged("the blob " + sha256 + " is damaged: " + problem);
}

// More than two would wait for the hashes, and a tar of this size or less for its threads.
int workers_for(int tar_fd) {
    constexpr off_t small = 1 << 20;
    struct stat status {};
    if (::fstat(tar_fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= small) {
        return 0;
    }
    return std::thread::hardware_concurrency() > 1 ? 2 : 1;
}

UniqueFd open_blob(const Directory& blobs, const std::string& sha256, const std::string& name) {
    if (!is_sha256(sha256)) damaged(quoted(sha256), "that is no name of a blob");
    UniqueFd file(
        ::openat(blobs.fd(), name.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    const std::string path = blobs.path() + "/" + name;
    if (!file && errno == ENOENT) damaged(sha256, path + " is missing");
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) {
        throw std::system_error(errno, std::generic_category(), path);
    }
    if (!S_ISREG(status.st_mode)) damaged(sha256, path + " is no plain file");
    return file;
}

void hash(Feed& feed, std::string& result) {
    Sha256 sha256;
    for (auto bytes = feed.next(); !bytes.empty(); bytes = feed.next())
        sha256.update(bytes);
    result = sha256.finish();
}

// What is decoded of a blob, which is never more than its tar.
class Decoded {
  public:
    Decoded(const UniqueFd& file, const std::string& sha256, std::int64_t tar_bytes)
        : in_(file.get()), sha256_(sha256), left_(tar_bytes) {}

    std::size_t read(std::span<char> room) {
        try {
            const std::size_t size = in_.read(room);
            left_ -= static_cast<std::int64_t>(size);
            if (left_ < 0) damaged(sha256_, "it holds more than it should");
            if (size == 0 && left_ > 0) damaged(sha256_, "it holds less than it should");
            return size;
        } catch (const ZstdDamaged& error) {
            damaged(sha256_, error.what());
        }
    }

    void require(const std::string& hashed) const {
        if (hashed != sha256_) damaged(sha256_, "its content has the SHA-256 " + hashed);
    }

  private:
    ZstdReader in_;
    const std::string& sha256_;
    std::int64_t left_;
};

// The files of a tar against those of its list.
class Comparison {
  public:
    Comparison(const UniqueFd& list, const std::string& sha256)
        : list_(list.get()), sha256_(sha256) {}

    void run(Feed& feed, std::int64_t entries) {
        TarNotes tar([&] { return feed.next(); });
        try {
            compare(tar);
        } catch (const Cut&) {
            place_ = tar.current();
            throw;
        } catch (const BackendError& error) {
            damaged(sha256_, error.what());
        } catch (const ZstdDamaged& error) {
            damaged(sha256_, std::string("its list of files: ") + error.what());
        } catch (const json::Error& error) {
            damaged(sha256_, std::string("its list of files: ") + error.what());
        }
        if (tar.entries() != entries) {
            damaged(sha256_, "it has " + std::to_string(tar.entries()) + " entries instead of " +
                                 std::to_string(entries));
        }
    }

    // The file in which the tar was cut.
    const std::string& place() const noexcept { return place_; }

  private:
    void compare(TarNotes& tar) {
        FileNote found;
        FileNote noted;
        while (tar.next(found)) {
            if (!list_.next(noted)) damaged(sha256_, name_of(found) + " is not in its list");
            const auto what = difference(found, noted);
            if (what.empty()) continue;
            damaged(sha256_, name_of(found) + " has another " + std::string(what) + " than " +
                                 name_of(noted) + " of its list");
        }
        if (list_.next(noted)) damaged(sha256_, name_of(noted) + " of its list is missing");
    }

    FileListReader list_;
    const std::string& sha256_;
    std::string place_;
};

std::int64_t size_of(const UniqueFd& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        throw std::system_error(errno, std::generic_category(), "a blob");
    }
    return status.st_size;
}

}  // namespace

bool BlobStore::has(const std::string& sha256) const {
    return is_sha256(sha256) && dir_.blobs().exists(list_name(sha256)) &&
           dir_.blobs().exists(tar_name(sha256));
}

BlobFacts BlobStore::add(int tar_fd, const Permit& permit) const try {
    PartFile blob(dir_.tmp());
    PartFile list(dir_.tmp());
    BlobFacts facts;
    const auto compress = [&](Feed& feed) {
        ZstdWriter out(blob.fd(), workers_for(tar_fd));
        for (auto bytes = feed.next(); !bytes.empty(); bytes = feed.next()) {
            facts.tar_bytes += static_cast<std::int64_t>(bytes.size());
            out.write(bytes);
        }
        out.finish();
        blob.sync();
    };
    const auto note = [&](Feed& feed) {
        TarNotes tar([&] { return feed.next(); });
        FileListWriter out(list.fd());
        for (FileNote one; tar.next(one);)
            out.add(one);
        out.finish();
        list.sync();
        facts.entries = tar.entries();
        facts.file_bytes = tar.file_bytes();
    };
    spread([&](std::span<char> room) { return read_full(tar_fd, room, "the tar"); },
           {note, compress, [&](Feed& feed) { hash(feed, facts.sha256); }}, permit);
    NEXUS_KILL_POINT("after_blob_written");
    facts.added = !has_good(facts, permit);
    if (facts.added) publish(blob, list, facts.sha256);
    dir_.blobs().sync();
    NEXUS_KILL_POINT("after_blob_synced");
    facts.blob_bytes = size_of(open_blob(dir_.blobs(), facts.sha256, tar_name(facts.sha256))) +
                       size_of(open_blob(dir_.blobs(), facts.sha256, list_name(facts.sha256)));
    return facts;
} catch (const std::system_error& error) {
    if (error.code() != std::errc::no_space_on_device && error.code().value() != EDQUOT) throw;
    throw Failure(ErrorCode::exhausted,
                  "the disk of BACKUP_DIR " + dir_.path() + " is full: " + error.what() +
                      "; make room there, or keep fewer runs (BACKUP_KEEP)",
                  true);
}

// Damage of a blob would go on into every run that has the same content.
bool BlobStore::has_good(const BlobFacts& facts, const Permit& permit) const {
    if (!has(facts.sha256)) return false;
    try {
        verify(facts.sha256, facts.tar_bytes, facts.entries, permit);
    } catch (const BlobDamaged&) {
        return false;
    }
    return true;
}

void BlobStore::publish(PartFile& blob, PartFile& list, const std::string& sha256) const {
    list.publish(dir_.blobs(), list_name(sha256));
    NEXUS_KILL_POINT("after_blob_list_renamed");
    blob.publish(dir_.blobs(), tar_name(sha256));
    NEXUS_KILL_POINT("after_blob_renamed");
}

void BlobStore::read(const std::string& sha256, std::int64_t tar_bytes, int out_fd,
                     const Permit& permit) const {
    const UniqueFd file = open_blob(dir_.blobs(), sha256, tar_name(sha256));
    Decoded decoded(file, sha256, tar_bytes);
    std::string hashed;
    const auto write = [&](Feed& feed) {
        const CallContext call{std::chrono::steady_clock::time_point::max(), feed.cut_fd(), {}, {}};
        archive::BulkWriter out(call, out_fd);
        try {
            for (auto bytes = feed.next(); !bytes.empty(); bytes = feed.next())
                out.write(bytes);
        } catch (const BackendError& error) {
            if (error.code() == Code::cancelled) throw Cut();
            throw;
        }
    };
    spread([&](std::span<char> room) { return decoded.read(room); },
           {write, [&](Feed& feed) { hash(feed, hashed); }}, permit);
    decoded.require(hashed);
}

void BlobStore::verify(const std::string& sha256, std::int64_t tar_bytes, std::int64_t entries,
                       const Permit& permit) const {
    const UniqueFd file = open_blob(dir_.blobs(), sha256, tar_name(sha256));
    const UniqueFd list = open_blob(dir_.blobs(), sha256, list_name(sha256));
    Decoded decoded(file, sha256, tar_bytes);
    Comparison comparison(list, sha256);
    std::string hashed;
    try {
        spread([&](std::span<char> room) { return decoded.read(room); },
               {[&](Feed& feed) { comparison.run(feed, entries); },
                [&](Feed& feed) { hash(feed, hashed); }},
               permit);
    } catch (const BlobDamaged& error) {
        if (comparison.place().empty()) throw;
        throw BlobDamaged(std::string(error.what()) + ", in or behind " +
                          quoted(comparison.place()));
    }
    decoded.require(hashed);
}

}  // namespace nexus::backup
