#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "archive/folder_archive.hpp"
#include "unit/archive/folder_fixture.hpp"

namespace nexus::archive {
namespace {

namespace fs = std::filesystem;

std::string folder_in(const test::TempDir& parent, const std::string& name) {
    fs::create_directory(parent / name);
    return parent / name;
}

// Folders in folders, with a file on either side of each.
void make_deep(const std::string& root, int depth, const std::string& name) {
    UniqueFd folder(::open(root.c_str(), O_PATH));
    for (int i = 0; i < depth; ++i) {
        REQUIRE(::mkdirat(folder.get(), name.c_str(), 0755) == 0);
        for (const char* file : {"a", "z"}) {
            const UniqueFd made(::openat(folder.get(), file, O_CREAT | O_WRONLY, 0644));
            REQUIRE(made);
        }
        folder = UniqueFd(::openat(folder.get(), name.c_str(), O_PATH));
    }
}

TEST_CASE("a volume comes back as it was") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    const std::string to = folder_in(temp, "to");
    fill_volume(from);
    VolumeCopy out;
    const std::string tar = exported(from, &out);
    const VolumeCopy in = import_bytes(to, tar);
    const auto was = seen_in(from);
    const auto is = seen_in(to);
    for (const auto& entry : was) {
        const auto& [path, seen] = entry;
        CAPTURE(entry.first);
        REQUIRE(is.count(path) == 1);
        CHECK(is.at(path) == seen);
    }
    CHECK(is.size() == was.size());
    CHECK(out.method == "mount_point");
    CHECK(out.losses.empty());
    CHECK(in.losses.empty());
    CHECK(out.entries == static_cast<std::int64_t>(was.size()) - 1);
    CHECK(in.entries == out.entries);
    CHECK(out.bytes > 9LL << 30);
    CHECK(in.bytes == out.bytes);
    CHECK(exported(to) == tar);
    CHECK(exported(from) == tar);
}

TEST_CASE("an empty volume comes back empty") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    const std::string to = folder_in(temp, "to");
    VolumeCopy out;
    const VolumeCopy in = import_bytes(to, exported(from, &out));
    CHECK(out.entries == 0);
    CHECK(in.entries == 0);
    CHECK(seen_in(to) == seen_in(from));
}

TEST_CASE("a deep tree takes few descriptors and comes back") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    const std::string to = folder_in(temp, "to");
    // Deeper than descriptors, and its path longer than a path may be for the kernel.
    make_deep(from, 1500, "deepdown");
    VolumeCopy out;
    const std::string tar = exported(from, &out);
    CHECK(out.losses.empty());
    CHECK(out.entries == 1500 * 3);
    CHECK(import_bytes(to, tar).entries == out.entries);
    CHECK(exported(to) == tar);
    shell("rm -rf " + from + " " + to);
}

TEST_CASE("a path that is too long for an archive is left out and named") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    make_deep(from, 140, std::string(250, 'n'));
    VolumeCopy out;
    exported(from, &out);
    REQUIRE(out.losses.size() == 1);
    CHECK(out.losses[0] == "paths of more than 32 KiB");
    CHECK(out.entries == 3 * 130 + 2);
    shell("rm -rf " + from);
}

TEST_CASE("sockets are left out, devices are left out and named") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = from + "/socket";
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    VolumeCopy out;
    exported(from, &out);
    CHECK(out.entries == 0);
    CHECK(out.losses.empty());
    if (!is_root()) return;
    REQUIRE(::mknod((from + "/null").c_str(), S_IFCHR | 0600, ::makedev(1, 3)) == 0);
    exported(from, &out);
    CHECK(out.entries == 0);
    CHECK(out.losses == std::vector<std::string>{"device nodes"});
}

TEST_CASE("what is mounted inside a volume is not read") {
    if (!is_root()) return;
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    fs::create_directory(from + "/mounted");
    fs::create_directory(temp / "other");
    test::write_file(temp / "other/secret", "secret");
    // The same file system, so that only the mount tells.
    shell("mount --bind " + temp / "other" + " " + from + "/mounted");
    VolumeCopy out;
    const std::string tar = exported(from, &out);
    shell("umount " + from + "/mounted");
    CHECK(out.entries == 1);
    CHECK(tar.find("secret") == std::string::npos);
    CHECK(out.losses == std::vector<std::string>{"what is mounted inside the volume"});
}

TEST_CASE("a pipe and a socket carry an archive too") {
    const test::TempDir temp;
    const std::string from = folder_in(temp, "from");
    const std::string to = folder_in(temp, "to");
    test::write_file(from + "/file", std::string(3 << 20, 'x'));
    int ends[2] = {-1, -1};
    SUBCASE("pipe") {
        REQUIRE(::pipe(ends) == 0);
    }
    SUBCASE("socket") {
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    }
    const UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    std::jthread writer([&] {
        export_folder(within(std::chrono::seconds(30)), from, write_end.get());
        write_end.reset();
    });
    import_folder(within(std::chrono::seconds(30)), to, read_end.get());
    writer.join();
    CHECK(seen_in(to) == seen_in(from));
}

}  // namespace
}  // namespace nexus::archive
