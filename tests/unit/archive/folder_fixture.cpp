#include "unit/archive/folder_fixture.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "archive/file_facts.hpp"
#include "archive/folder_archive.hpp"

namespace nexus::archive {
namespace {

namespace fs = std::filesystem;

std::string holes_of(const std::string& path, off_t size) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW));
    std::string result;
    for (off_t at = 0; at < size;) {
        const off_t data = ::lseek(file.get(), at, SEEK_DATA);
        if (data < 0) break;
        at = ::lseek(file.get(), data, SEEK_HOLE);
        result += " " + std::to_string(data) + "-" + std::to_string(at);
    }
    return result;
}

std::string attributes_of(const std::string& path) {
    std::array<char, 65'536> names{};
    std::array<char, 65'536> value{};
    std::map<std::string, std::string> sorted;
    const ssize_t listed = ::llistxattr(path.c_str(), names.data(), names.size());
    for (ssize_t at = 0; at < listed;) {
        const std::string name(names.data() + at);
        at += static_cast<ssize_t>(name.size()) + 1;
        const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
        REQUIRE(size >= 0);
        sorted[name] = std::string(value.data(), static_cast<std::size_t>(size));
    }
    std::string result;
    for (const auto& [name, bytes] : sorted)
        result.append(" ").append(name).append("=").append(bytes);
    return result;
}

std::string describe(const std::string& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    std::ostringstream text;
    text << std::oct << status.st_mode << std::dec << ' ' << status.st_uid << ':' << status.st_gid
         << ' ' << status.st_mtim.tv_sec << '.' << status.st_mtim.tv_nsec << attributes_of(path);
    if (S_ISLNK(status.st_mode)) text << " -> " << fs::read_symlink(path).string();
    if (!S_ISDIR(status.st_mode)) text << " names " << status.st_nlink;
    if (S_ISREG(status.st_mode)) {
        text << " size " << status.st_size << holes_of(path, status.st_size);
        if (status.st_size < (1 << 20)) text << " content " << test::read_file(path);
    }
    return text.str();
}

void set_time(const std::string& path, time_t seconds, long nanoseconds) {
    const std::array<timespec, 2> times{timespec{1, 1}, timespec{seconds, nanoseconds}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0);
}

void set_attribute(const std::string& path, const char* name, std::string_view value) {
    CAPTURE(name);
    REQUIRE(::lsetxattr(path.c_str(), name, value.data(), value.size(), 0) == 0);
}

void make_sparse(const std::string& path, off_t size, std::initializer_list<off_t> written) {
    const UniqueFd file(::open(path.c_str(), O_CREAT | O_WRONLY, 0600));
    REQUIRE(::ftruncate(file.get(), size) == 0);
    for (const off_t at : written)
        REQUIRE(::pwrite(file.get(), "data", 4, at) == 4);
}

// user::rwx user:1000:r-- group::r-x mask::r-x other::---, as the kernel has it.
constexpr std::string_view acl(
    "\x02\0\0\0"
    "\x01\0\x07\0\xff\xff\xff\xff"
    "\x02\0\x04\0\xe8\x03\0\0"
    "\x04\0\x05\0\xff\xff\xff\xff"
    "\x10\0\x05\0\xff\xff\xff\xff"
    "\x20\0\0\0\xff\xff\xff\xff",
    44);

// cap_net_bind_service=ep
constexpr std::string_view capability("\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);

void fill_as_root(const std::string& root) {
    ::lchown((root + "/folder/plain").c_str(), 4'000'000'000U, 3'999'999'999U);
    ::lchown((root + "/link").c_str(), 5, 6);
    ::chmod((root + "/folder/plain").c_str(), 06755);
    set_attribute(root + "/folder/plain", "trusted.t", "v");
    set_attribute(root + "/folder/sparse", "security.capability", capability);
    ::lchown(root.c_str(), 1234, 2345);
}

}  // namespace

std::map<std::string, std::string> seen_in(const std::string& root) {
    std::map<std::string, std::string> result{{"", describe(root)}};
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const std::string path = entry.path().string();
        result.emplace(path.substr(root.size()), describe(path));
    }
    return result;
}

void fill_volume(const std::string& root) {
    fs::create_directory(root + "/folder");
    fs::create_directory(root + "/empty");
    test::write_file(root + "/folder/plain", std::string("a\0b", 3));
    test::write_file(root + "/folder/none", "");
    test::write_file(root + "/folder.file", "sorts by names, not by paths");
    test::write_file(root + "/caf\xc3\xa9", "composed");
    test::write_file(root + "/cafe\xcc\x81", "decomposed");
    test::write_file(root + "/latin \xe9\xff\x01\n\\", "no UTF-8");
    test::write_file(root + "/" + std::string(255, 'n'), "long name");
    fs::create_symlink(std::string(4000, 't'), root + "/long link");
    fs::create_symlink("../\xff/nowhere", root + "/link");
    fs::create_hard_link(root + "/folder/plain", root + "/zz second");
    fs::create_hard_link(root + "/folder/plain", root + "/aa third");
    REQUIRE(::link((root + "/link").c_str(), (root + "/link too").c_str()) == 0);
    REQUIRE(::mkfifo((root + "/fifo").c_str(), 0640) == 0);
    make_sparse(root + "/folder/sparse", 10 << 20, {1 << 20, 5 << 20});
    make_sparse(root + "/folder/hole", 3 << 20, {});
    make_sparse(root + "/folder/large", 9LL << 30, {0, 8'999'999'999});
    make_sparse(root + "/folder/ends", 1 << 20, {(1 << 20) - 4});
    std::string deep = root + "/deep";
    fs::create_directory(deep);
    for (int i = 0; i < 12; ++i)
        fs::create_directory(deep += "/" + std::string(100, 'd'));
    test::write_file(deep + "/leaf", "leaf");
    set_attribute(root + "/folder/plain", "user.empty", "");
    set_attribute(root + "/folder/plain", "user.b", std::string_view("\0\n=\xff", 4));
    set_attribute(root + "/folder", "user.folder", "x");
    set_attribute(root + "/folder", "system.posix_acl_access", acl);
    set_attribute(root + "/folder", "system.posix_acl_default", acl);
    set_attribute(root + "/folder.file", "system.posix_acl_access", acl);
    if (::geteuid() == 0) fill_as_root(root);
    ::chmod((root + "/empty").c_str(), 01577);
    set_time(root + "/folder/plain", 1'700'000'000, 123'456'789);
    set_time(root + "/link", 1'600'000'000, 1);
    set_time(root + "/fifo", -5, 0);
    set_time(root + "/folder.file", -2, 500'000'000);
    set_time(root + "/empty", 4'300'000'000, 999'999'999);
    set_time(root + "/folder", 1, 0);
    set_time(root, 77, 88);
}

UniqueFd memory_file(std::string_view bytes) {
    UniqueFd file(::memfd_create("archive", MFD_CLOEXEC));
    REQUIRE(::pwrite(file.get(), bytes.data(), bytes.size(), 0) ==
            static_cast<ssize_t>(bytes.size()));
    return file;
}

std::string content_of(const UniqueFd& file) {
    struct stat status {};
    REQUIRE(::fstat(file.get(), &status) == 0);
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    REQUIRE(::pread(file.get(), bytes.data(), bytes.size(), 0) == status.st_size);
    return bytes;
}

std::string exported(const std::string& root, VolumeCopy* copy) {
    const UniqueFd file = memory_file();
    const VolumeCopy made = export_folder(within(std::chrono::seconds(60)), root, file.get());
    if (copy != nullptr) *copy = made;
    return content_of(file);
}

VolumeCopy import_bytes(const std::string& root, std::string_view bytes) {
    return import_folder(within(std::chrono::seconds(60)), root, memory_file(bytes).get());
}

void shell(const std::string& command) {
    CAPTURE(command);
    REQUIRE(std::system(command.c_str()) == 0);
}

bool is_root() {
    if (::geteuid() == 0) return true;
    MESSAGE("skipped: only root can do this");
    return false;
}

}  // namespace nexus::archive
