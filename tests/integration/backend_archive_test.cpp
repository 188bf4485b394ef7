// Whole volumes out of and into a real engine whose volume folder the runner cannot see.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <thread>

#include "integration/volume_content.hpp"
#include "integration/volume_copies.hpp"
#include "support/backend_call.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

namespace fs = std::filesystem;

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* image = "nexus-runner/archive:1";

struct Archives : VolumeCopies {
    std::unique_ptr<Backend> archive = configured(R"("volume_access":"archive")");
    const bool podman = engine.kind() == "podman";

    std::string holder(const std::string& part) const { return "nexus_archive_" + name(part); }
    // What survives the way out, and the way in.
    Looked kept_out() const {
        return {.owners = !podman,
                .fractions = 1,
                .rounding = podman ? Looked::Rounding::nearest : Looked::Rounding::down,
                .attributes = false,
                .holes = false};
    }
    Looked kept_in() const {
        if (!podman) return {.holes = false};
        return {.fractions = 1'000'000, .rounding = Looked::Rounding::up, .holes = false};
    }
};

// The folder itself without its owner, which Podman 5 does not keep.
std::map<std::string, std::string> contents(const std::string& folder, Looked looked) {
    auto described = describe(folder, looked);
    looked.owners = false;
    described[""] = describe(folder, looked)[""];
    return described;
}

bool tells(const VolumeCopy& copy, const std::string& loss) {
    return std::any_of(copy.losses.begin(), copy.losses.end(), [&](const std::string& told) {
        return told.find(loss) != std::string::npos;
    });
}

TEST_CASE_FIXTURE(Archives, "the engine's archive has all of a volume but what it says") {
    const std::string from = make("from");
    const std::string to = make("to");
    fill(from);
    const VolumeCopy copied = out(*archive, "from", "tar");
    CHECK(copied.method == "archive");
    CHECK(copied.entries == static_cast<std::int64_t>(describe(from).size()) - 1);
    CHECK(copied.bytes > sparse_bytes);
    CHECK(tells(copied, "times below a second"));
    CHECK(tells(copied, "holes"));
    CHECK(tells(copied, "owners") == podman);
    CHECK(tells(copied, "extended attributes") != podman);
    CHECK_FALSE(tells(copied, "order"));
    CHECK_FALSE(engine.has_container(holder("from")));

    const VolumeCopy read = in(*backend, "to", "tar");
    CHECK(read.entries == copied.entries);
    CHECK(read.bytes == copied.bytes);
    CHECK(describe(to, kept_out()) == describe(from, kept_out()));
    out(*archive, "to", "again");
    CHECK(read_file(folder / "again") == read_file(folder / "tar"));
}

TEST_CASE_FIXTURE(Archives, "the engine makes a volume of an archive but what it says") {
    const std::string from = make("from");
    const std::string to = make("to");
    fill(from);
    const VolumeCopy read = out(*backend, "from", "tar");
    const VolumeCopy written = in(*archive, "to", "tar");
    CHECK(written.method == "archive");
    CHECK(written.entries == read.entries);
    CHECK(written.bytes == read.bytes);
    CHECK(tells(written, "holes"));
    CHECK(tells(written, "owners") == false);
    CHECK(contents(to, kept_in()) == contents(from, kept_in()));
    CHECK_FALSE(engine.has_container(holder("to")));
    CHECK(error_of([&] { in(*archive, "to", "tar"); }).code() == Code::conflict);
    CHECK_FALSE(engine.has_container(holder("to")));
}

TEST_CASE_FIXTURE(Archives, "what an engine leaves out of an archive does not pass for a copy") {
    const std::string from = make("from");
    REQUIRE(::mknod((from + "/zero").c_str(), S_IFCHR | 0600, 0) == 0);
    fs::create_hard_link(from + "/zero", from + "/zero-again");
    const VolumeCopy copied = out(*archive, "from", "tar");
    CHECK(copied.entries == 0);
    CHECK(tells(copied, "device nodes"));
    for (const char* name : {"dev", "proc", "sys"}) {
        fs::create_directory(from + "/" + name);
        const auto copy = [&] { return out(*archive, "from", "tar"); };
        if (podman) {
            const auto error = error_of(copy);
            CHECK(error.code() == Code::unsupported);
            CHECK(std::string(error.what()).find("\"" + std::string(name) + "\"") !=
                  std::string::npos);
        } else {
            CHECK(copy().entries == 1);
        }
        fs::remove(from + "/" + name);
    }
}

TEST_CASE_FIXTURE(Archives, "a copy needs no image that the engine has") {
    make("from");
    archive->remove_image(ctx(), image);
    CHECK(out(*archive, "from", "tar").entries == 0);
    make("to");
    CHECK(in(*archive, "to", "tar").entries == 0);
}

TEST_CASE_FIXTURE(Archives, "what is no volume or no whole tar is refused, and nothing is left") {
    fill(make("from"));
    out(*archive, "from", "tar");
    const std::string tar = read_file(folder / "tar");
    write_file(folder / "cut", tar.substr(0, tar.size() / 2));
    write_file(folder / "garbage", std::string(4096, 'x'));
    CHECK(error_of([&] { out(*archive, "ghost", "x"); }).code() == Code::not_found);
    CHECK(error_of([&] { in(*archive, "ghost", "tar"); }).code() == Code::not_found);
    CHECK_FALSE(engine.has_volume(name("ghost")));
    for (const std::string part : {"cut", "garbage"}) {
        make(part);
        CHECK(error_of([&] { in(*archive, part, part); }).code() == Code::invalid);
        CHECK_FALSE(engine.has_container(holder(part)));
        backend->remove_volume(ctx(), name(part));
    }
    CHECK(error_of([&] { archive->swap_volumes(ctx(), name("from"), name("from2")); }).code() ==
          Code::not_found);
    make("from2");
    CHECK(error_of([&] { archive->swap_volumes(ctx(), name("from"), name("from2")); }).code() ==
          Code::unsupported);
}

TEST_CASE_FIXTURE(Archives, "a copy that is broken off ends at once and leaves no container") {
    const std::string from = make("from");
    write_file(from + "/large", std::string(32 << 20, 'x'));
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const UniqueFd reading(ends[0]);
    const UniqueFd writing(ends[1]);
    const auto ends_soon = [&](const auto& call) {
        const Cancellation cancellation;
        std::jthread canceller([&] {
            // What is to be broken off has begun once its container is there. Docker tells nothing
            // of a container by its name while it reads an archive out of it.
            const auto end = std::chrono::steady_clock::now() + seconds(20);
            const auto begun = [&] {
                const auto all = engine.curl("GET", "/containers/json?all=1").body;
                return all.find(holder("from")) != std::string::npos;
            };
            while (!begun() && std::chrono::steady_clock::now() < end)
                std::this_thread::yield();
            cancellation.cancel();
        });
        const auto error = error_of([&] { call(cancellation.within(seconds(30))); });
        CHECK(error.code() == Code::cancelled);
        // The call does not wait longer than a second for an engine that is slow to remove.
        CHECK(holds_within(seconds(20), [&] { return !engine.has_container(holder("from")); }));
    };
    ends_soon([&](const CallContext& call) {
        archive->export_volume(call, name("from"), writing.get());
    });
    fs::remove(from + "/large");
    ends_soon([&](const CallContext& call) {
        archive->import_volume(call, name("from"), reading.get());
    });
}

TEST_CASE_FIXTURE(Archives, "what a process that died left is in nobody's way") {
    make("from");
    ContainerSpec left = spec("unused");
    left.name = holder("from");
    left.labels = {{"io.nexus.archive", "another boot/1/2/3"}};
    left.volumes = {{name("from"), "/vol"}};
    backend->ensure_container(ctx(), left);
    CHECK(out(*archive, "from", "tar").entries == 0);
    CHECK_FALSE(engine.has_container(left.name));
    backend->ensure_container(ctx(), left);
    archive->remove_volume(ctx(), name("from"));
    CHECK_FALSE(engine.has_volume(name("from")));
    CHECK_FALSE(engine.has_container(left.name));
}

TEST_CASE_FIXTURE(Archives, "the backend says how it comes to volumes") {
    const VolumeAccess seen = backend->info(ctx()).volumes;
    CHECK(seen.method == "mount_point");
    CHECK(seen.losses.empty());
    CHECK(make("from").starts_with(seen.folder + "/"));
    const VolumeAccess unseen = archive->info(ctx()).volumes;
    CHECK(unseen.method == "archive");
    CHECK_FALSE(unseen.losses.empty());
    CHECK(archive->inspect_volume(ctx(), name("from"))->mountpoint.empty());
}

}  // namespace
}  // namespace nexus::test
