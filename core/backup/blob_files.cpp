#include "backup/blob_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <nexus/backend.hpp>
#include <system_error>
#include <utility>

#include "archive/volume_error.hpp"
#include "backup/blob_store.hpp"
#include "backup/manifest.hpp"
#include "base/json.hpp"

namespace nexus::backup {
namespace {

using archive::in_quotes;

[[noreturn]] void damaged(const std::string& sha256, const std::string& problem) {
    throw BlobDamaged("the blob " + sha256 + " is damaged: " + problem);
}

std::string name_of(const FileNote& note) {
    return in_quotes(note.path.empty() ? "." : note.path);
}

}  // namespace

std::string tar_name(const std::string& sha256) {
    return sha256 + ".tar.zst";
}

std::string list_name(const std::string& sha256) {
    return sha256 + ".files.jsonl.zst";
}

UniqueFd open_blob(const Directory& blobs, const std::string& sha256, const std::string& name) {
    if (!is_sha256(sha256)) damaged(in_quotes(sha256), "that is no name of a blob");
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

BlobTar::BlobTar(const UniqueFd& file, std::string sha256, std::int64_t tar_bytes)
    : in_(file.get()), sha256_(std::move(sha256)), left_(tar_bytes) {}

std::size_t BlobTar::read(std::span<char> room) {
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

void BlobTar::require(const std::string& hashed) const {
    if (hashed != sha256_) damaged(sha256_, "its content has the SHA-256 " + hashed);
}

BlobFiles::BlobFiles(const UniqueFd& list, std::string sha256)
    : list_(list.get()), sha256_(std::move(sha256)) {}

void BlobFiles::compare(Feed& feed, std::int64_t entries) {
    TarNotes tar([&] { return feed.next(); });
    try {
        compare_each(tar);
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

void BlobFiles::compare_each(TarNotes& tar) {
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

}  // namespace nexus::backup
