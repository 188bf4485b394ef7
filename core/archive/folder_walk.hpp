// Goes through everything below a folder, each folder's names in the order of their bytes. The tree
// may be of any depth and may change meanwhile: what is gone is passed over, and nothing outside
// the folder is ever opened. Threads: one at a time.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <nexus/backend.hpp>
#include <nexus/unique_fd.hpp>
#include <string>
#include <vector>

#include "archive/volume_error.hpp"

namespace nexus::archive {

// Entries of one archive; a folder of twice as many could not be sorted in a sensible memory.
inline constexpr std::int64_t max_entries = 16'000'000;
// Of a path below the root, in bytes.
inline constexpr std::size_t max_path = 32U << 10U;

class FolderWalk {
  public:
    // What is opened for a visit. Where that is folders alone, everything else costs one system
    // call.
    enum class Opens { all, folders };
    // `thing` is open with O_PATH, whatever it is, or -1 where it was not opened; `path` is
    // relative to the root.
    using Visit =
        std::function<void(const std::string& path, int thing, const struct stat& status)>;

    // `changed` gets the folders that were moved away before all of them was seen.
    FolderWalk(const CallContext& ctx, Losses& losses, Remarks& changed, Visit visit,
               Opens opens = Opens::all)
        : ctx_(ctx), losses_(losses), changed_(changed), visit_(std::move(visit)), opens_(opens) {}

    // `root` itself is not visited. Throws BackendError, and what `visit` throws.
    void run(UniqueFd root);

  private:
    // A folder whose names are being gone through.
    struct Level {
        UniqueFd folder;  // O_PATH; closed for a while in a deep tree
        struct stat status;
        std::size_t path_size;
        std::vector<std::string> names;
        std::size_t next = 0;
    };

    void step(const std::string& name);
    bool visit_unopened(const std::string& path, const std::string& name);
    UniqueFd open(int folder, const std::string& name, bool& mounted);
    void enter(UniqueFd folder, const struct stat& status);
    std::vector<std::string> names_in(int folder);
    void leave();
    UniqueFd open_again(const Level& level);

    const CallContext& ctx_;
    Losses& losses_;
    Remarks& changed_;
    const Visit visit_;
    const Opens opens_;
    unsigned steps_ = 0;
    std::vector<Level> levels_;
    std::string path_;  // of the last level
    std::int64_t names_held_ = 0;
};

}  // namespace nexus::archive
