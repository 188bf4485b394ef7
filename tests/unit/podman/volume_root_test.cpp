#include "podman/volume_root.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temp_dir.hpp"

namespace nexus::podman {
namespace {

struct stat status_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status;
}

TEST_CASE("only the folder of a volume with content is remembered") {
    const test::TempDir folder;
    CHECK_FALSE(VolumeRoot::of_content(folder.path()));
    CHECK_FALSE(VolumeRoot::of_content(folder / "missing"));
    test::write_file(folder / "file", "x");
    CHECK_FALSE(VolumeRoot::of_content(folder / "file"));
    CHECK(VolumeRoot::of_content(folder.path()));
}

TEST_CASE("a volume's folder gets its owner, mode and time back") {
    const test::TempDir folder;
    test::write_file(folder / "file", "x");
    const std::string path = folder.path();
    const bool root = ::geteuid() == 0;
    if (root) REQUIRE(::chown(path.c_str(), 1000, 1001) == 0);
    REQUIRE(::chmod(path.c_str(), 02750) == 0);
    const auto before = status_of(path);
    const auto kept = VolumeRoot::of_content(path);
    REQUIRE(kept);
    if (root) REQUIRE(::chown(path.c_str(), 0, 0) == 0);
    REQUIRE(::chmod(path.c_str(), 0777) == 0);
    test::write_file(folder / "other", "x");
    kept->restore();
    const auto after = status_of(path);
    CHECK(after.st_uid == before.st_uid);
    CHECK(after.st_gid == before.st_gid);
    CHECK(after.st_mode == before.st_mode);
    CHECK(after.st_mtim.tv_sec == before.st_mtim.tv_sec);
    CHECK(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec);
}

}  // namespace
}  // namespace nexus::podman
