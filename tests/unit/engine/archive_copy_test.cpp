#include "engine/archive_copy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "archive/tar_reader.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/archive/hostile_archives.hpp"

namespace nexus::engine {
namespace {

using archive::content_of;
using archive::error_of;
using archive::Items;
using archive::memory_file;
using archive::tar_of;
using archive::within;

const CallContext& ctx() {
    static const CallContext made = within(std::chrono::seconds(60));
    return made;
}

// Path, and target of a second name, of each entry.
std::string names_in(const UniqueFd& tar) {
    archive::Losses losses;
    const auto copy = memory_file(content_of(tar));
    archive::TarReader reader(ctx(), copy.get(), losses);
    std::string names;
    for (archive::TarEntry entry; reader.next(entry);)
        names += entry.path + (entry.target.empty() ? "" : "=" + entry.target) + " ";
    return names;
}

struct FromEngine {
    explicit FromEngine(const Items& items) : bytes(tar_of(items)) {}
    VolumeCopy copy() {
        const auto from = memory_file(bytes);
        return copy_from_engine(ctx(), from.get(), to.get(), missed);
    }
    std::string bytes;
    UniqueFd to = memory_file();
    std::vector<std::string> missed;
};

TEST_CASE("what an engine calls its things becomes what a volume calls them") {
    const Items as_docker{
        {"./", S_IFDIR}, {"./a"}, {"./d/", S_IFDIR}, {"./d/f"}, {"./z", S_IFREG, "./d/f", true}};
    const Items as_podman{
        {"/", S_IFDIR}, {"/a"}, {"/d", S_IFDIR}, {"/d/f"}, {"/z", S_IFREG, "d/f", true}};
    for (const auto& items : {as_docker, as_podman}) {
        FromEngine engine(items);
        const VolumeCopy copy = engine.copy();
        CHECK(copy.entries == 4);
        CHECK(copy.bytes == 14);
        CHECK(copy.losses.empty());
        CHECK(names_in(engine.to) == "./ ./a ./d/ ./d/f ./z=./d/f ");
    }
}

TEST_CASE("devices are left out with every name that they have, and told") {
    FromEngine engine({{"/", S_IFDIR}, {"/a"}, {"/dev", S_IFCHR}, {"/z", S_IFREG, "dev", true}});
    const VolumeCopy copy = engine.copy();
    CHECK(copy.losses == std::vector<std::string>{"device nodes"});
    CHECK(copy.entries == 1);
    CHECK(names_in(engine.to) == "./ ./a ");
}

TEST_CASE("another order than that of a walk is told") {
    const auto in_order = [](const Items& items) {
        FromEngine engine(items);
        return engine.copy().losses.empty();
    };
    CHECK(in_order({{"./", S_IFDIR}, {"./a", S_IFDIR}, {"./a/z"}, {"./a-b"}, {"./a.b"}, {"./aa"}}));
    CHECK_FALSE(in_order({{"./", S_IFDIR}, {"./b"}, {"./a"}}));
    CHECK_FALSE(in_order({{"./", S_IFDIR}, {"./a", S_IFDIR}, {"./a-b"}, {"./a/z"}}));
}

TEST_CASE("names that the engine may miss are taken out of the list where they are there") {
    FromEngine engine({{"./", S_IFDIR}, {"./a", S_IFDIR}, {"./a/dev"}, {"./sys"}});
    engine.missed = {"dev", "proc", "sys"};
    engine.copy();
    CHECK(engine.missed == std::vector<std::string>{"dev", "proc"});
}

TEST_CASE("what is no archive of a whole volume is the engine's fault") {
    const Items good{{"./", S_IFDIR}, {"./a"}, {"./b"}};
    const auto code_of = [](const Items& items, std::size_t size = std::string::npos) {
        FromEngine engine(items);
        engine.bytes.resize(std::min(size, engine.bytes.size()));
        return error_of([&] { engine.copy(); }).code();
    };
    const std::size_t size = tar_of(good).find_last_not_of('\0') / 512 * 512 + 512;
    for (const std::size_t cut : {std::size_t(0), std::size_t(100), size / 2, size, size + 512})
        CHECK(code_of(good, cut) == Code::internal);
    CHECK(code_of({{"./a"}, {"./", S_IFDIR}}) == Code::internal);
    CHECK(code_of({{"./", S_IFDIR}, {"./", S_IFDIR}}) == Code::internal);
    CHECK(code_of({{"./", S_IFDIR}, {"../a"}}) == Code::internal);
}

TEST_CASE("a volume is empty where its archive has nothing but the root") {
    const auto first = [](const Items& items) {
        const auto from = memory_file(tar_of(items));
        return first_in(ctx(), from.get());
    };
    CHECK_FALSE(first({{"/", S_IFDIR}}));
    CHECK_FALSE(first({{"./", S_IFDIR}}));
    CHECK(first({{"./", S_IFDIR}, {"./f"}, {"./g"}}) == "f");
    CHECK(first({{"./", S_IFDIR}, {"./dev", S_IFBLK}}));
}

TEST_CASE("nothing reaches an engine that an import into a folder would refuse") {
    for (const auto& hostile : archive::hostile_archives("/outside")) {
        CAPTURE(hostile.what);
        const auto from = memory_file(tar_of(hostile.items));
        const auto to = memory_file();
        CHECK(error_of([&] { copy_to_engine(ctx(), from.get(), to.get(), "vol/"); }).code() ==
              Code::invalid);
        // Whatever was written before must not pass for a whole archive.
        CHECK(error_of([&] { names_in(to); }).code() == Code::invalid);
    }
}

TEST_CASE("what goes to an engine has its prefix everywhere, and holes are written out") {
    const test::TempDir temp;
    archive::fill_volume(temp.path());
    std::filesystem::remove(temp.path() / "folder/large");  // gigabytes, once written out
    VolumeCopy exported;
    const auto from = memory_file(archive::exported(temp.path(), &exported));
    const auto to = memory_file();
    const VolumeCopy copy = copy_to_engine(ctx(), from.get(), to.get(), "vol/");
    CHECK(copy.entries == exported.entries);
    CHECK(copy.bytes == exported.bytes);
    const std::string names = names_in(to);
    CHECK(names.starts_with("vol/ vol/"));
    CHECK(names.find(" ./") == std::string::npos);
    CHECK(names.find("=./") == std::string::npos);
    CHECK(content_of(to).find("GNU.sparse") == std::string::npos);
    CHECK(static_cast<std::int64_t>(content_of(to).size()) > copy.bytes);
}

}  // namespace
}  // namespace nexus::engine
