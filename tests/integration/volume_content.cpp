#include "integration/volume_content.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <map>
#include <nexus/unique_fd.hpp>
#include <stdexcept>
#include <system_error>

#include "support/temp_dir.hpp"

namespace nexus::test {
namespace {

namespace fs = std::filesystem;

void must(int result, const std::string& path) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), path);
}

void own(const std::string& path, uid_t user, gid_t group, mode_t mode) {
    must(::lchown(path.c_str(), user, group), path);
    must(::chmod(path.c_str(), mode), path);  // after lchown, which takes setgid away
}

void set_time(const std::string& path, time_t seconds, long nanoseconds) {
    const std::array<timespec, 2> times{timespec{seconds, nanoseconds},
                                        timespec{seconds, nanoseconds}};
    must(::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW), path);
}

void make_sparse(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    must(file.get(), path);
    must(::ftruncate(file.get(), sparse_bytes), path);
    if (::pwrite(file.get(), "middle", 6, sparse_bytes / 2) != 6) throw std::runtime_error(path);
}

std::string attributes(const std::string& path) {
    std::array<char, 4096> names{};
    const auto size = ::llistxattr(path.c_str(), names.data(), names.size());
    if (size < 0) return "";
    std::map<std::string, std::string> sorted;
    const std::string_view all(names.data(), static_cast<std::size_t>(size));
    for (std::size_t at = 0; at < all.size(); at = all.find('\0', at) + 1) {
        const char* const name = names.data() + at;
        std::array<char, 4096> value{};
        const auto length = ::lgetxattr(path.c_str(), name, value.data(), value.size());
        must(static_cast<int>(length), path);
        sorted[name].assign(value.data(), static_cast<std::size_t>(length));
    }
    std::string result;
    for (const auto& [name, value] : sorted)
        result.append(" ").append(name).append("=").append(value);
    return result;
}

std::int64_t ticks(const timespec& time, const Looked& looked) {
    const std::int64_t tick = 1'000'000'000 / looked.fractions;
    std::int64_t nanoseconds = time.tv_sec * 1'000'000'000 + time.tv_nsec;
    if (looked.rounding == Looked::Rounding::nearest) nanoseconds += tick / 2;
    if (looked.rounding == Looked::Rounding::up) nanoseconds += tick - 1;
    return nanoseconds / tick;
}

}  // namespace

void fill(const std::string& folder) {
    own(folder, 1000, 1001, 01770);
    const std::string sub = folder + "/sub";
    fs::create_directory(sub);
    write_file(sub + "/data", "some data\n");
    write_file(sub + "/empty", "");
    write_file(folder + "/name with spaces,\n a line break and \xC3\xA9", "odd\n");
    std::string deep = folder;
    for (int i = 0; i < 3; ++i)
        deep += "/" + std::string(120, static_cast<char>('a' + i));
    fs::create_directories(deep);
    write_file(deep + "/file", "deep\n");
    make_sparse(folder + "/sparse");
    fs::create_hard_link(sub + "/data", folder + "/again");
    fs::create_symlink("sub/data", folder + "/relative");
    fs::create_symlink("/etc/passwd", folder + "/absolute");
    fs::create_symlink("../../outside", sub + "/dangling");
    must(::mkfifo((folder + "/pipe").c_str(), 0622), folder + "/pipe");
    must(::setxattr((sub + "/data").c_str(), "user.note", "kept", 4, 0), sub);
    must(::setxattr(sub.c_str(), "user.folder", "kept too", 8, 0), sub);

    own(sub + "/data", 1000, 1000, 0640);
    own(sub + "/empty", 4'000'000, 4'000'001, 0);
    own(sub, 0, 1001, 02750);
    must(::lchown((folder + "/relative").c_str(), 1000, 1000), folder);
    set_time(sub + "/data", 1'000'000'000, 123'456'789);
    set_time(folder + "/relative", 1'100'000'000, 1);
    set_time(sub, 1'200'000'000, 999'999'999);
    set_time(folder, 1'300'000'000, 42);
}

std::map<std::string, std::string> describe(const std::string& folder, const Looked& looked) {
    std::map<std::string, std::string> result;
    const auto add = [&](const std::string& path) {
        struct stat status {};
        must(::lstat(path.c_str(), &status), path);
        const std::string name = path.substr(folder.size());
        std::string line = std::to_string(status.st_mode);
        if (looked.owners) {
            line += " " + std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
        }
        line += " at " + std::to_string(ticks(status.st_mtim, looked));
        if (looked.attributes) line += attributes(path);
        if (S_ISLNK(status.st_mode)) line += " -> " + fs::read_symlink(path).string();
        if (S_ISREG(status.st_mode)) {
            const std::string content = read_file(path);
            line += " " + std::to_string(content.size()) + " bytes, " +
                    std::to_string(std::hash<std::string>()(content));
            if (looked.holes && status.st_blocks * 512 < status.st_size / 2) line += ", sparse";
            line += ", " + std::to_string(status.st_nlink) + " names";
        }
        result[name] = line;
    };
    add(folder);
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        add(entry.path().string());
    return result;
}

}  // namespace nexus::test
