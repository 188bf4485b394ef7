#include "archive/entry_check.hpp"

#include <doctest/doctest.h>

#include "unit/archive/folder_fixture.hpp"
#include "unit/archive/hostile_archives.hpp"

namespace nexus::archive {
namespace {

// What is admitted of a whole archive.
std::vector<EntryCheck::Place> check(const std::string& tar) {
    const UniqueFd file = memory_file(tar);
    const CallContext ctx = within(std::chrono::seconds(30));
    Losses losses;
    TarReader reader(ctx, file.get(), losses);
    EntryCheck check;
    std::vector<EntryCheck::Place> places;
    for (TarEntry entry; reader.next(entry);)
        places.push_back(check.admit(entry));
    return places;
}

TEST_CASE("what an import into a folder refuses is refused without a folder as well") {
    for (const auto& hostile : hostile_archives("/outside")) {
        CAPTURE(hostile.what);
        CHECK(error_of([&] { check(tar_of(hostile.items)); }).code() == Code::invalid);
    }
}

TEST_CASE("what is admitted is named below the root, whatever the order") {
    const auto places = check(tar_of({{"z"},
                                      {"./", S_IFDIR},
                                      {".//d/", S_IFDIR},
                                      {"d/./f"},
                                      {"d/again", S_IFREG, "./d//f", true},
                                      {"l", S_IFLNK, "/etc/passwd"},
                                      {"l2", S_IFREG, "l", true},
                                      {"p", S_IFIFO}}));
    std::string seen;
    for (const auto& place : places)
        seen += place.path + (place.target.empty() ? "" : "=" + place.target) + " ";
    CHECK(seen == "z  d d/f d/again=d/f l l2=l p ");
}

}  // namespace
}  // namespace nexus::archive
