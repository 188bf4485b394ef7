#include "backend/plugin_file.hpp"

#include <doctest/doctest.h>
#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "backend/plugin_library.hpp"
#include "plugins.hpp"
#include "support/temp_dir.hpp"

namespace nexus {
namespace {

namespace fs = std::filesystem;

// The message that refuses a file, or "" where it is accepted.
std::string refusal(const std::string& path) {
    try {
        require_loadable(path);
    } catch (const PluginError& error) {
        return error.what();
    }
    return "";
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// A folder with a good plugin in it, for a test to spoil.
struct Copied {
    Copied() {
        fs::copy_file(test::odd_plugin("odd"), file);
        fs::permissions(file, fs::perms(0755));
        fs::permissions(folder.path(), fs::perms(0700));
    }
    // Overwrites bytes of the file's ELF header.
    void patch(std::size_t offset, const std::string& bytes) const {
        std::string content = test::read_file(file);
        content.replace(offset, bytes.size(), bytes);
        test::write_file(file, content);
    }
    test::TempDir folder;
    std::string file = folder / "odd.so";
};

TEST_CASE("a plugin file in a private folder is accepted, also by a symbolic link") {
    const Copied copied;
    CHECK(require_loadable(copied.file) == fs::canonical(copied.file));
    const test::TempDir elsewhere;
    fs::create_symlink(copied.file, elsewhere / "link.so");
    CHECK(require_loadable(elsewhere / "link.so") == fs::canonical(copied.file));
}

TEST_CASE("a path that leads to no plugin file is refused with a sentence") {
    const Copied copied;
    CHECK(has(refusal("odd.so"), "backend plugin odd.so: the path is not absolute; "));
    CHECK(has(refusal("plugins/odd.so"), "the path is not absolute"));
    CHECK(has(refusal(""), "the path is not absolute"));
    CHECK(has(refusal(copied.folder / "none.so"), "none.so: there is no such file; set BACKEND"));
    CHECK(has(refusal(copied.file + "/x.so"), "cannot be found: Not a directory"));
    CHECK(has(refusal(copied.folder.path()), "is not a plain file"));
    REQUIRE(::mkfifo((copied.folder / "fifo.so").c_str(), 0600) == 0);
    CHECK(has(refusal(copied.folder / "fifo.so"), "is not a plain file"));
    fs::create_symlink(copied.folder / "gone.so", copied.folder / "dangling.so");
    CHECK(has(refusal(copied.folder / "dangling.so"), "there is no such file"));
}

TEST_CASE("a plugin that others may change is refused with the mend") {
    const Copied copied;
    const std::string file = fs::canonical(copied.file);
    const std::string folder = fs::path(file).parent_path();
    for (const auto mode : {0775, 0757}) {
        fs::permissions(file, fs::perms(mode));
        CHECK(refusal(file) == "backend plugin " + file +
                                   ": the file is writable by its group or by others; chmod go-w " +
                                   file);
    }
    fs::permissions(file, fs::perms(0755));
    for (const auto mode : {0770, 0707}) {
        fs::permissions(folder, fs::perms(mode));
        CHECK(refusal(file) == "backend plugin " + file + ": its folder " + folder +
                                   " is writable by its group or by others; chmod go-w " + folder);
    }
    fs::permissions(folder, fs::perms(0700));
    CHECK(refusal(file).empty());
}

TEST_CASE("a link cannot lead to a plugin that others may change") {
    const Copied copied;
    fs::permissions(copied.file, fs::perms(0777));
    const test::TempDir elsewhere;
    fs::create_symlink(copied.file, elsewhere / "link.so");
    CHECK(has(refusal(elsewhere / "link.so"), "odd.so: the file is writable"));
}

TEST_CASE("a plugin of another user is refused" * doctest::skip(::geteuid() != 0)) {
    const Copied copied;
    constexpr uid_t other = 12345;
    REQUIRE(::chown(copied.file.c_str(), other, other) == 0);
    CHECK(has(refusal(copied.file), "the file belongs to user 12345, neither root nor"));
    REQUIRE(::chown(copied.file.c_str(), 0, 0) == 0);
    REQUIRE(::chown(copied.folder.path().c_str(), other, other) == 0);
    CHECK(has(refusal(copied.file), "belongs to user 12345"));
}

TEST_CASE("a file that is no shared library for this machine is refused") {
    SUBCASE("a text") {
        const Copied copied;
        test::write_file(copied.file, std::string(4096, 'x'));
        CHECK(has(refusal(copied.file), "is not an ELF shared library"));
        test::write_file(copied.file, "");
        CHECK(has(refusal(copied.file), "is not an ELF shared library"));
    }
    SUBCASE("a header that is cut short") {
        const Copied copied;
        test::write_file(copied.file, test::read_file(copied.file).substr(0, 20));
        CHECK(has(refusal(copied.file), "is not an ELF shared library"));
    }
    SUBCASE("another machine") {
        const Copied copied;
        copied.patch(offsetof(Elf64_Ehdr, e_machine), std::string("\x08\x00", 2));
        CHECK(has(refusal(copied.file), "is built for ELF machine 8, this runner for "));
    }
    SUBCASE("another word size") {
        const Copied copied;
        copied.patch(EI_CLASS, std::string(1, sizeof(void*) == 8 ? ELFCLASS32 : ELFCLASS64));
        CHECK(has(refusal(copied.file), "another word size or byte order"));
    }
    SUBCASE("an object file") {
        const Copied copied;
        copied.patch(offsetof(Elf64_Ehdr, e_type), std::string("\x01\x00", 2));
        CHECK(has(refusal(copied.file), "no shared library"));
    }
}

TEST_CASE("BACKEND is a name or a path") {
    CHECK(resolve_plugin("docker", "/usr/lib/nexus/plugins").path ==
          "/usr/lib/nexus/plugins/docker.so");
    CHECK(resolve_plugin("docker", "/usr/lib/nexus/plugins").name == "docker");
    CHECK(resolve_plugin("/opt/mine.so", "/usr").path == "/opt/mine.so");
    CHECK(resolve_plugin("/opt/mine.so", "/usr").name.empty());
    CHECK(resolve_plugin("../mine.so", "/usr").path == "../mine.so");  // refused when opened
    for (const auto* name :
         {"", "Docker", "docker.so", "-x", "a b", "a23456789012345678901234567890123"}) {
        CHECK_THROWS_AS(resolve_plugin(name, "/usr"), PluginError);
    }
}

}  // namespace
}  // namespace nexus
