#include "backup/fingerprint.hpp"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>

#include "archive/beneath.hpp"
#include "archive/folder_walk.hpp"
#include "archive/wait.hpp"
#include "backup/sha256.hpp"

namespace nexus::backup {
namespace {

// The coarsest clock of a file system that a volume may be on is FAT's, of two seconds; ext3 has
// one, and all others the kernel's tick.
constexpr std::chrono::seconds settled_for(2);

// In this order: a time that somebody set may be too far away to be counted in nanoseconds.
using Time = std::pair<std::int64_t, std::int64_t>;

Time time_of(const timespec& time) {
    return {time.tv_sec, time.tv_nsec};
}

Time settled_before() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return {now.tv_sec - settled_for.count(), now.tv_nsec};
}

class Facts {
  public:
    void add(const std::string& path, const struct stat& status) {
        // A path has no zero in it, so one ends it.
        sha256_.update({path.c_str(), path.size() + 1});
        const std::int64_t numbers[] = {static_cast<std::int64_t>(status.st_mode),
                                        static_cast<std::int64_t>(status.st_uid),
                                        static_cast<std::int64_t>(status.st_gid),
                                        static_cast<std::int64_t>(status.st_ino),
                                        static_cast<std::int64_t>(status.st_size),
                                        static_cast<std::int64_t>(status.st_rdev),
                                        status.st_mtim.tv_sec,
                                        status.st_mtim.tv_nsec,
                                        status.st_ctim.tv_sec,
                                        status.st_ctim.tv_nsec};
        sha256_.update({reinterpret_cast<const char*>(numbers), sizeof numbers});
        // A time of content may be set to any, and a change of content moves this one as well.
        newest_ = std::max(newest_, time_of(status.st_ctim));
    }
    const Time& newest() const noexcept { return newest_; }
    std::string finish() { return sha256_.finish(); }

  private:
    Sha256 sha256_;
    Time newest_;
};

}  // namespace

std::string fingerprint(const CallContext& ctx, const std::string& path) {
    archive::require_time(ctx, "the status of a folder's files");
    const Time settled = settled_before();
    UniqueFd root = archive::open_root(path);
    struct stat status {};
    if (::fstat(root.get(), &status) != 0) {
        archive::fail(errno, "the status of the volume's folder cannot be read");
    }
    Facts facts;
    facts.add("", status);
    archive::Losses losses;  // the export tells of these
    archive::Remarks moved;
    archive::FolderWalk walk(
        ctx, losses, moved,
        [&](const std::string& below, int /*thing*/, const struct stat& found) {
            facts.add(below, found);
        },
        archive::FolderWalk::Opens::folders);
    walk.run(std::move(root));
    if (!moved.list().empty() || facts.newest() > settled) return {};
    return facts.finish();
}

}  // namespace nexus::backup
