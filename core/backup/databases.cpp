#include "backup/databases.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "archive/volume_error.hpp"
#include "archive/wait.hpp"
#include "backup/sqlite_check.hpp"

namespace nexus::backup {
namespace {

constexpr std::array<std::string_view, 2> journals = {"-journal", "-wal"};

[[noreturn]] void fail(const std::string& path) {
    throw std::system_error(errno, std::generic_category(), path);
}

void write_at(int fd, std::int64_t offset, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += written;
    }
}

}  // namespace

// Names come in the order of their bytes: what belongs to a database comes behind it, before
// anything that does not begin with its name.
void Databases::run(archive::TarReader& tar) {
    const auto close_but = [this](std::string_view path) {
        while (!open_.empty() && !path.starts_with(open_.back().path)) {
            check(open_.back());
            open_.pop_back();
        }
    };
    for (archive::TarEntry entry; tar.next(entry);) {
        close_but(entry.path);
        if (entry.kind == archive::EntryKind::file) take(tar, entry);
    }
    close_but({});
}

void Databases::take(archive::TarReader& tar, const archive::TarEntry& entry) {
    std::string head;  // of the file, without a hole
    std::int64_t offset = 0;
    for (std::string_view bytes; head.size() < sqlite_magic.size() && tar.content(offset, bytes);) {
        if (offset != static_cast<std::int64_t>(head.size())) return;
        head += bytes;
    }
    const auto name = name_for(entry, head);
    if (!name.empty()) copy(tar, entry, name, head);
}

// What the file is called for SQLite; empty for one that it has nothing to do with.
std::string Databases::name_for(const archive::TarEntry& entry, std::string_view head) {
    for (const auto& database : open_) {
        for (const auto ending : journals) {
            if (entry.path == database.path + std::string(ending))
                return database.name + std::string(ending);
        }
    }
    if (!head.starts_with(sqlite_magic)) return {};
    open_.push_back({entry.path, std::to_string(++seen_) + ".db"});
    return open_.back().name;
}

void Databases::copy(archive::TarReader& tar, const archive::TarEntry& entry,
                     const std::string& name, std::string_view head) {
    const std::string path = folder_.path() + "/" + name;
    const UniqueFd file(::openat(folder_.fd(), name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) fail(path);
    write_at(file.get(), 0, head, path);
    std::int64_t offset = 0;
    for (std::string_view bytes; tar.content(offset, bytes);) {
        archive::require_time(call_, "a database");
        write_at(file.get(), offset, bytes, path);
    }
    if (::ftruncate(file.get(), entry.size) != 0) fail(path);
}

void Databases::check(const Open& database) {
    const auto verdict = quick_check(folder_.path() + "/" + database.name, call_);
    if (verdict.checked) ++checked_;
    if (!verdict.problem.empty()) {
        const std::string sentence = archive::in_quotes(database.path) + ": " + verdict.problem;
        verdict.checked ? problems_.push_back(sentence)
                        : notes_.push_back("the database " + sentence);
    }
    for (const char* ending : {"", "-journal", "-wal", "-shm"})
        folder_.remove(database.name + ending);
}

}  // namespace nexus::backup
