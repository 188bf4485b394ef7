#include "backup/blob_store.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <nexus/backend.hpp>
#include <system_error>
#include <thread>

#include "archive/bulk_writer.hpp"
#include "archive/volume_error.hpp"
#include "backup/blob_files.hpp"
#include "backup/manifest.hpp"
#include "backup/part_file.hpp"
#include "backup/sha256.hpp"
#include "base/failure.hpp"
#include "base/kill_point.hpp"
#include "base/whole_io.hpp"

namespace nexus::backup {
namespace {

// More than two would wait for the hashes, and a small tar for its threads.
int workers_for(int tar_fd) {
    constexpr off_t small = 1 << 20;
    struct stat status {};
    const bool is_small =
        ::fstat(tar_fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= small;
    if (is_small) return 0;
    return std::thread::hardware_concurrency() > 1 ? 2 : 1;
}

std::int64_t size_of(const UniqueFd& file) {
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        throw std::system_error(errno, std::generic_category(), "a blob");
    }
    return status.st_size;
}

// A Reader that gives `result` the hash of all.
Reader hash_into(std::string& result) {
    return [&result](Feed& feed) {
        Sha256 sha256;
        for (auto bytes = feed.next(); !bytes.empty(); bytes = feed.next())
            sha256.update(bytes);
        result = sha256.finish();
    };
}

void compress(Feed& feed, const PartFile& to, int workers, BlobFacts& facts) {
    ZstdWriter out(to.fd(), workers);
    for (auto bytes = feed.next(); !bytes.empty(); bytes = feed.next()) {
        facts.tar_bytes += static_cast<std::int64_t>(bytes.size());
        out.write(bytes);
    }
    out.finish();
    to.sync();
}

void list_files(Feed& feed, const PartFile& to, BlobFacts& facts) {
    TarNotes tar([&] { return feed.next(); });
    FileListWriter out(to.fd());
    for (FileNote note; tar.next(note);)
        out.add(note);
    out.finish();
    to.sync();
    facts.entries = tar.entries();
    facts.file_bytes = tar.file_bytes();
}

void write(Feed& feed, int out_fd) {
    const CallContext call{std::chrono::steady_clock::time_point::max(), feed.cut_fd(), {}, {}};
    archive::BulkWriter out(call, out_fd);
    try {
        for (auto bytes = feed.next(); !bytes.empty(); bytes = feed.next())
            out.write(bytes);
    } catch (const BackendError& error) {
        if (error.code() == Code::cancelled) throw Cut();
        throw;
    }
}

}  // namespace

bool BlobStore::has(const std::string& sha256) const {
    return is_sha256(sha256) && dir_.blobs().exists(list_name(sha256)) &&
           dir_.blobs().exists(tar_name(sha256));
}

std::optional<std::int64_t> BlobStore::size(const std::string& sha256) const {
    if (!has(sha256)) return std::nullopt;
    return size_of(open_blob(dir_.blobs(), sha256, tar_name(sha256))) +
           size_of(open_blob(dir_.blobs(), sha256, list_name(sha256)));
}

BlobFacts BlobStore::add(int tar_fd, const Permit& permit) const {
    try {
        return add_whole(tar_fd, permit);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::no_space_on_device && error.code().value() != EDQUOT) throw;
        throw Failure(ErrorCode::exhausted,
                      "the disk of BACKUP_DIR " + dir_.path() + " is full: " + error.what() +
                          "; make room there, or keep fewer runs (BACKUP_KEEP)",
                      true);
    }
}

BlobFacts BlobStore::add_whole(int tar_fd, const Permit& permit) const {
    PartFile tar(dir_.tmp());
    PartFile list(dir_.tmp());
    BlobFacts facts;
    spread([&](std::span<char> room) { return read_full(tar_fd, room, "the tar"); },
           {[&](Feed& feed) { list_files(feed, list, facts); },
            [&](Feed& feed) { compress(feed, tar, workers_for(tar_fd), facts); },
            hash_into(facts.sha256)},
           permit);
    NEXUS_KILL_POINT("after_blob_written");
    facts.added = !has_good(facts, permit);
    if (facts.added) {
        list.publish(dir_.blobs(), list_name(facts.sha256));
        NEXUS_KILL_POINT("after_blob_list_renamed");
        tar.publish(dir_.blobs(), tar_name(facts.sha256));
        NEXUS_KILL_POINT("after_blob_renamed");
    }
    // Also one that is there already: whoever gave it its name may not have come so far yet.
    dir_.blobs().sync();
    NEXUS_KILL_POINT("after_blob_synced");
    facts.blob_bytes = size(facts.sha256).value();
    return facts;
}

// Damage of a blob would go on into every run that has the same content.
bool BlobStore::has_good(const BlobFacts& facts, const Permit& permit) const {
    if (!has(facts.sha256)) return false;
    try {
        verify(facts.sha256, facts.tar_bytes, facts.entries, permit);
    } catch (const BlobDamaged&) {
        return false;
    } catch (const std::system_error&) {  // a disk says so where it has lost something
        return false;
    }
    return true;
}

void BlobStore::read(const std::string& sha256, std::int64_t tar_bytes, int out_fd,
                     const Permit& permit) const {
    const UniqueFd file = open_blob(dir_.blobs(), sha256, tar_name(sha256));
    BlobTar tar(file, sha256, tar_bytes);
    std::string hashed;
    spread([&](std::span<char> room) { return tar.read(room); },
           {[&](Feed& feed) { write(feed, out_fd); }, hash_into(hashed)}, permit);
    tar.require(hashed);
}

void BlobStore::verify(const std::string& sha256, std::int64_t tar_bytes, std::int64_t entries,
                       const Permit& permit) const {
    const UniqueFd file = open_blob(dir_.blobs(), sha256, tar_name(sha256));
    const UniqueFd list = open_blob(dir_.blobs(), sha256, list_name(sha256));
    BlobTar tar(file, sha256, tar_bytes);
    BlobFiles files(list, sha256);
    std::string hashed;
    try {
        spread([&](std::span<char> room) { return tar.read(room); },
               {[&](Feed& feed) { files.compare(feed, entries); }, hash_into(hashed)}, permit);
    } catch (const BlobDamaged& error) {
        if (files.place().empty()) throw;
        throw BlobDamaged(std::string(error.what()) + ", in or behind " +
                          archive::in_quotes(files.place()));
    }
    tar.require(hashed);
}

}  // namespace nexus::backup
