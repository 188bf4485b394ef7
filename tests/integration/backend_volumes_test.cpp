// Whole volumes out of and into a real engine.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>

#include "integration/volume_content.hpp"
#include "integration/volume_copies.hpp"
#include "support/backend_call.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Volumes : VolumeCopies {
    VolumeCopy out(const std::string& part, const std::string& file) const {
        return VolumeCopies::out(*backend, part, file);
    }
    VolumeCopy in(const std::string& part, const std::string& file) const {
        return VolumeCopies::in(*backend, part, file);
    }
};

TEST_CASE_FIXTURE(Volumes, "a volume comes out and goes into another with nothing lost") {
    const std::string from = make("from");
    const std::string to = make("to");
    fill(from);
    const auto content = describe(from);
    const VolumeCopy exported = out("from", "tar");
    CHECK(exported.method == "mount_point");
    CHECK(exported.losses == std::vector<std::string>{});
    CHECK(exported.entries == static_cast<std::int64_t>(content.size()) - 1);
    CHECK(exported.bytes > sparse_bytes);
    CHECK(std::filesystem::file_size(folder / "tar") < 1 << 20);  // holes take no room
    CHECK(describe(from) == content);

    const VolumeCopy imported = in("to", "tar");
    CHECK(imported.entries == exported.entries);
    CHECK(imported.bytes == exported.bytes);
    CHECK(describe(to) == content);

    out("to", "again");
    CHECK(read_file(folder / "again") == read_file(folder / "tar"));
}

TEST_CASE_FIXTURE(Volumes, "a volume comes out whole while a paused container uses it") {
    const ContainerSpec spec = running("writer");
    const auto volume = backend->inspect_volume(ctx(), name("state"));
    REQUIRE(volume);
    backend->pause(ctx(), spec.name);
    const auto content = describe(volume->mountpoint);
    out("state", "tar");
    backend->unpause(ctx(), spec.name);
    const std::string to = make("to");
    in("to", "tar");
    CHECK(describe(to) == content);
}

TEST_CASE_FIXTURE(Volumes, "what is no volume or no tar is refused") {
    write_file(folder / "garbage", std::string(4096, 'x'));
    write_file(folder / "nothing", "");
    make("full");
    fill(make("from"));
    out("from", "tar");
    in("full", "tar");
    CHECK(error_of([&] { out("ghost", "x"); }).code() == Code::not_found);
    CHECK(error_of([&] { in("ghost", "tar"); }).code() == Code::not_found);
    CHECK_FALSE(backend->inspect_volume(ctx(), name("ghost")));
    CHECK(error_of([&] { in("full", "tar"); }).code() == Code::conflict);
    make("empty");
    CHECK(error_of([&] { in("empty", "garbage"); }).code() == Code::invalid);
    const std::string tar = read_file(folder / "tar");
    write_file(folder / "cut", tar.substr(0, tar.size() / 2));
    make("cut");
    CHECK(error_of([&] { in("cut", "cut"); }).code() == Code::invalid);
}

TEST_CASE_FIXTURE(Volumes, "a copy that does not move ends with its deadline") {
    fill(make("from"));
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const UniqueFd reading(ends[0]);
    const UniqueFd writing(ends[1]);
    const auto begin = std::chrono::steady_clock::now();
    const auto stuck = error_of([&] {
        backend->import_volume(within(milliseconds(200)), (make("to"), name("to")), reading.get());
    });
    CHECK(stuck.code() == Code::timeout);
    CHECK(std::chrono::steady_clock::now() - begin < soon);
}

TEST_CASE_FIXTURE(Volumes, "two volumes exchange their content while nobody uses them") {
    const std::string other = make("other");
    fill(other);
    const auto content = describe(other);
    const ContainerSpec spec = running("writer");
    const std::string used = backend->inspect_volume(ctx(), name("state"))->mountpoint;
    const auto swap = [&] { backend->swap_volumes(ctx(), name("state"), name("other")); };
    CHECK(error_of(swap).code() == Code::conflict);
    backend->pause(ctx(), spec.name);
    CHECK(error_of(swap).code() == Code::conflict);
    CHECK(describe(other) == content);
    backend->unpause(ctx(), spec.name);
    backend->stop(ctx(), spec.name, seconds(5));
    const auto written = describe(used);
    swap();
    CHECK(describe(used) == content);
    CHECK(describe(other) == written);
    swap();
    CHECK(describe(used) == written);
    // What a container writes goes to the volume of that name, wherever its folder was meanwhile.
    swap();
    // It was filled for another user than the runtime's, whose root has no capability.
    std::filesystem::permissions(used, std::filesystem::perms::all);
    backend->start(ctx(), spec.name);
    wait_until([&] { return std::filesystem::exists(used + "/heartbeat"); }, seconds(30),
               "the runtime writes into the folder that it has now");
    const std::string starts = read_file(other + "/starts");  // a line each
    CHECK(std::count(starts.begin(), starts.end(), '\n') == 1);
}

}  // namespace
}  // namespace nexus::test
