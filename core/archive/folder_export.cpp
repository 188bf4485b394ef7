#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <unordered_map>

#include "archive/beneath.hpp"
#include "archive/extents.hpp"
#include "archive/folder_archive.hpp"
#include "archive/folder_walk.hpp"
#include "archive/tar_writer.hpp"
#include "archive/text.hpp"
#include "archive/wait.hpp"

namespace nexus::archive {
namespace {

constexpr std::size_t piece_bytes = 256U << 10U;

bool is_changed(const struct stat& before, const struct stat& after) {
    const auto differs = [](const timespec& a, const timespec& b) {
        return a.tv_sec != b.tv_sec || a.tv_nsec != b.tv_nsec;
    };
    return before.st_size != after.st_size || differs(before.st_mtim, after.st_mtim);
}

class Export {
  public:
    Export(const CallContext& ctx, int fd) : ctx_(ctx), tar_(ctx, fd) {}

    VolumeCopy run(UniqueFd root) {
        struct stat status {};
        if (::fstat(root.get(), &status) < 0) fail(errno, "the volume's folder cannot be read");
        tar_.header({.path = "./", .facts = facts_of("./", root.get(), status)});
        FolderWalk walk(ctx_, losses_, changed_,
                        [this](const std::string& path, int thing, const struct stat& found) {
                            add("./" + path, thing, found);
                        });
        walk.run(std::move(root));
        tar_.finish();
        copy_.method = "mount_point";
        copy_.losses = losses_.list();
        copy_.changed = changed_.list();
        return std::move(copy_);
    }

  private:
    void add(const std::string& path, int thing, const struct stat& status) {
        if (S_ISSOCK(status.st_mode)) return;
        if (S_ISBLK(status.st_mode) || S_ISCHR(status.st_mode)) {
            losses_.add("device nodes");
            return;
        }
        if (add_second_name(path, thing, status)) return;
        if (S_ISREG(status.st_mode)) {
            add_file(path, thing);
        } else if (S_ISLNK(status.st_mode)) {
            add_symlink(path, thing, status);
        } else {
            add_header({.path = path, .facts = facts_of(path, thing, status)});
        }
        if (has_more_names(status)) names_.emplace(status.st_ino, Names{path, status.st_nlink - 1});
    }

    static bool has_more_names(const struct stat& status) {
        return !S_ISDIR(status.st_mode) && status.st_nlink > 1;
    }

    bool add_second_name(const std::string& path, int thing, const struct stat& status) {
        if (!has_more_names(status)) return false;
        const auto known = names_.find(status.st_ino);
        if (known == names_.end()) return false;
        add_header({.path = path,
                    .facts = facts_of(path, thing, status),
                    .hardlink = known->second.first});
        if (--known->second.missing == 0) names_.erase(known);
        return true;
    }

    void add_symlink(const std::string& path, int thing, const struct stat& status) {
        std::string target(PATH_MAX, '\0');
        const ssize_t size = ::readlinkat(thing, "", target.data(), target.size());
        if (size < 0) fail(errno, "the link " + in_quotes(path) + " cannot be read");
        target.resize(static_cast<std::size_t>(size));
        add_header({.path = path, .facts = facts_of(path, thing, status), .symlink = target});
    }

    void add_file(const std::string& path, int thing) {
        const UniqueFd file = open_file(path, thing);
        struct stat status {};
        if (::fstat(file.get(), &status) < 0) fail(errno, in_quotes(path) + " cannot be read");
        const auto extents = data_extents(ctx_, file.get(), status.st_size);
        add_header({.path = path,
                    .facts = facts_of(path, file.get(), status),
                    .size = status.st_size,
                    .data = extents});
        std::int64_t at = 0;
        for (const Extent& extent : extents) {
            tar_.hole(extent.offset - at);
            add_content(path, file.get(), extent);
            at = extent.offset + extent.length;
        }
        tar_.hole(status.st_size - at);
        struct stat after {};
        if (::fstat(file.get(), &after) == 0 && is_changed(status, after)) {
            changed_.add(short_text(path));
        }
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        copy_.bytes += std::min<std::int64_t>(status.st_size, most - copy_.bytes);
    }

    // The owner of a lease on a file is given some time by the kernel before it may be opened.
    UniqueFd open_file(const std::string& path, int thing) {
        constexpr std::chrono::milliseconds between_looks(50);
        for (;;) {
            UniqueFd file = reopen(thing, O_RDONLY | O_NONBLOCK);
            if (file) return file;
            if (errno != EWOULDBLOCK) fail(errno, in_quotes(path) + " cannot be opened");
            pause(ctx_, between_looks, "the lease on " + in_quotes(path));
        }
    }

    void add_content(const std::string& path, int file, const Extent& extent) {
        std::int64_t at = extent.offset;
        const std::int64_t end = extent.offset + extent.length;
        while (at < end) {
            require_time(ctx_, "the content of " + in_quotes(path));
            const auto wanted = std::min<std::int64_t>(end - at, piece_bytes);
            const ssize_t got = ::pread(file, piece_.data(), static_cast<std::size_t>(wanted), at);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail(errno, in_quotes(path) + " cannot be read");
            if (got == 0) {
                // The header has promised its old size.
                changed_.add(short_text(path));
                piece_.assign(piece_.size(), '\0');
            }
            const auto size = static_cast<std::size_t>(got == 0 ? wanted : got);
            tar_.content({piece_.data(), size});
            at += static_cast<std::int64_t>(size);
        }
    }

    void add_header(const TarHeader& header) {
        if (++copy_.entries > max_entries) {
            throw BackendError(Code::exhausted, "the volume has too many files for one archive",
                               false);
        }
        tar_.header(header);
    }

    // Valid until the next call.
    const FileFacts& facts_of(const std::string& path, int fd, const struct stat& status) {
        facts_ = {status.st_uid, status.st_gid, status.st_mode, status.st_mtim,
                  attributes_.read(fd, path, losses_)};
        return facts_;
    }

    struct Names {
        std::string first;
        nlink_t missing;
    };

    const CallContext& ctx_;
    TarWriter tar_;
    AttributeReader attributes_;
    FileFacts facts_;
    std::string piece_ = std::string(piece_bytes, '\0');
    std::unordered_map<ino_t, Names> names_;  // of files that have more than one
    Losses losses_;
    Remarks changed_;
    VolumeCopy copy_;
};

}  // namespace

VolumeCopy export_folder(const CallContext& ctx, const std::string& path, int fd) {
    require_time(ctx, "the volume's folder");
    return Export(ctx, fd).run(open_root(path));
}

}  // namespace nexus::archive
