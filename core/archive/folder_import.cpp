#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <optional>

#include "archive/bad_entry.hpp"
#include "archive/beneath.hpp"
#include "archive/folder_archive.hpp"
#include "archive/folder_walk.hpp"
#include "archive/tar_reader.hpp"
#include "archive/volume_path.hpp"
#include "archive/wait.hpp"

namespace nexus::archive {
namespace {

// Paths and attributes of the folders, which are kept until the end.
constexpr std::size_t max_folder_bytes = 512U << 20U;

void require_empty(int root) {
    const auto found = any_name(root);
    if (!found) return;
    throw BackendError(
        Code::conflict,
        "the volume is not empty: it has " + in_quotes(*found) + "; import into a new one", false);
}

// What could not be made, and why, as far as the archive is to blame.
[[noreturn]] void fail_entry(int error, const std::string& path) {
    switch (error) {
        case EEXIST:
            refuse_second(path);
        case ENAMETOOLONG:
            refuse_length(path);
        default:
            fail(error, in_quotes(path) + " cannot be written");
    }
}

class Import {
  public:
    Import(const CallContext& ctx, UniqueFd root, int fd)
        : ctx_(ctx), root_(std::move(root)), tar_(ctx, fd, losses_) {}

    VolumeCopy run() {
        require_empty(root_.get());
        // Everything made in the root would inherit it.
        ::removexattr(PathOf(root_.get()).c_str(), "system.posix_acl_default");
        for (TarEntry entry; tar_.next(entry);)
            add(entry);
        finish_folders();
        keep();
        copy_.method = "mount_point";
        copy_.losses = losses_.list();
        return std::move(copy_);
    }

  private:
    struct Folder {
        std::string path;
        FileFacts facts;
    };

    void add(TarEntry& entry) {
        const std::string path = below_root(entry.path);
        if (path.empty()) {
            if (entry.kind != EntryKind::folder) refuse_root();
            if (root_facts_) refuse_second_root();
            root_facts_ = std::move(entry.facts);
            return;
        }
        if (++copy_.entries > max_entries) refuse_archive("the archive has too many entries");
        const SplitPath place = split(path);
        const int parent = folder_at(place.folder, path);
        switch (entry.kind) {
            case EntryKind::file:
                return add_file(parent, place.name, entry);
            case EntryKind::folder:
                return add_folder(parent, place.name, path, entry);
            case EntryKind::symlink:
                return add_symlink(parent, place.name, entry);
            case EntryKind::hardlink:
                return add_hardlink(parent, place.name, entry);
            case EntryKind::fifo:
                return add_fifo(parent, place.name, entry);
        }
    }

    // Valid until the next call.
    int folder_at(std::string_view folder, const std::string& path) {
        if (parent_ && folder == parent_path_) return parent_.get();
        parent_ = open_folder_for(folder, path);
        parent_path_ = folder;
        return parent_.get();
    }

    // Only real folders: one that the archive made a link of leads nowhere.
    UniqueFd open_folder_for(std::string_view folder, const std::string& path) {
        UniqueFd opened = open_folder(root_.get(), folder);
        if (opened) return opened;
        const int error = errno;
        if (error == ENOENT || error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG) {
            refuse_place(path);
        }
        fail(error, "the folder of " + in_quotes(path) + " cannot be opened");
    }

    void add_file(int parent, const std::string& name, const TarEntry& entry) {
        const UniqueFd file(::openat(parent, name.c_str(),
                                     O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
                                     S_IRUSR | S_IWUSR));
        if (!file) fail_entry(errno, entry.path);
        std::int64_t offset = 0;
        std::string_view bytes;
        while (tar_.content(offset, bytes))
            write(file.get(), offset, bytes, entry.path);
        if (::ftruncate(file.get(), entry.size) < 0) fail_entry(errno, entry.path);
        apply(file.get(), entry.facts, entry.path, losses_);
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        copy_.bytes += std::min<std::int64_t>(entry.size, most - copy_.bytes);
    }

    void write(int file, std::int64_t offset, std::string_view bytes, const std::string& path) {
        while (!bytes.empty()) {
            require_time(ctx_, "the content of " + in_quotes(path));
            const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), offset);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail_entry(errno, path);
            bytes.remove_prefix(static_cast<std::size_t>(written));
            offset += written;
        }
    }

    void add_folder(int parent, const std::string& name, const std::string& path, TarEntry& entry) {
        if (::mkdirat(parent, name.c_str(), S_IRWXU) < 0) fail_entry(errno, entry.path);
        // What it gets now would be changed, and inherited, by what is made in it.
        folder_bytes_ += sizeof(Folder) + path.size();
        for (const auto& [attribute, value] : entry.facts.attributes)
            folder_bytes_ += attribute.size() + value.size();
        if (folder_bytes_ > max_folder_bytes) {
            throw BackendError(Code::exhausted, "the archive has too many folders", false);
        }
        folders_.push_back({path, std::move(entry.facts)});
    }

    void add_symlink(int parent, const std::string& name, const TarEntry& entry) {
        if (entry.target.empty()) refuse_empty_link(entry.path);
        if (::symlinkat(entry.target.c_str(), parent, name.c_str()) < 0) {
            fail_entry(errno, entry.path);
        }
        apply_by_name(parent, name, entry);
    }

    void add_fifo(int parent, const std::string& name, const TarEntry& entry) {
        if (::mkfifoat(parent, name.c_str(), S_IRUSR | S_IWUSR) < 0) fail_entry(errno, entry.path);
        apply_by_name(parent, name, entry);
    }

    void apply_by_name(int parent, const std::string& name, const TarEntry& entry) {
        const UniqueFd thing = open_name(parent, name);
        if (!thing) fail_entry(errno, entry.path);
        apply(thing.get(), entry.facts, entry.path, losses_);
    }

    void add_hardlink(int parent, const std::string& name, const TarEntry& entry) {
        const std::string target = below_root(entry.target);
        const SplitPath place = split(target);
        const UniqueFd folder = open_folder_for(place.folder, entry.path);
        struct stat status {};
        if (target.empty() ||
            ::fstatat(folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0 ||
            S_ISDIR(status.st_mode)) {
            refuse_second_name(entry.path, entry.target);
        }
        // No flag: the link itself is what gets a second name, not what it leads to.
        if (::linkat(folder.get(), place.name.c_str(), parent, name.c_str(), 0) < 0) {
            fail_entry(errno, entry.path);
        }
    }

    void finish_folders() {
        parent_.reset();
        for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
            require_time(ctx_, "the volume's folders");
            const UniqueFd opened = open_folder_for(folder->path, folder->path);
            apply(opened.get(), folder->facts, folder->path, losses_);
        }
        if (root_facts_) apply(root_.get(), *root_facts_, "./", losses_);
    }

    // A loss of power from here on takes nothing of the volume. One call for all files: one for
    // each would take a hundred times as long.
    void keep() const {
        if (::syncfs(root_.get()) < 0) fail(errno, "the volume cannot be written to the disk");
    }

    const CallContext& ctx_;
    const UniqueFd root_;
    Losses losses_;
    TarReader tar_;
    UniqueFd parent_;  // of the last entry
    std::string parent_path_;
    std::vector<Folder> folders_;
    std::size_t folder_bytes_ = 0;
    std::optional<FileFacts> root_facts_;
    VolumeCopy copy_;
};

}  // namespace

VolumeCopy import_folder(const CallContext& ctx, const std::string& path, int fd) {
    require_time(ctx, "the volume's folder");
    return Import(ctx, open_root(path), fd).run();
}

}  // namespace nexus::archive
