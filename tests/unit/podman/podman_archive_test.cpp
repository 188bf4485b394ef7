// Volumes whose folder is not here, where Podman is not like Docker; the rest is in
// unit/docker/docker_archive_test.cpp.
#include <doctest/doctest.h>

#include "podman/podman_backend.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/archive/hostile_archives.hpp"
#include "unit/engine/conversation.hpp"

namespace nexus::podman {
namespace {

using archive::memory_file;
using archive::tar_of;
using engine::Conversation;
using engine::error_of;
using engine::http;

const std::string holder = "/containers/nexus_archive_vol";

struct Archives {
    explicit Archives(Conversation::Script more = {})
        : conversation({"Libpod-Api-Version: 4.3.1\r\n", "/v4.0.0/libpod"},
                       script(std::move(more))) {}

    static Conversation::Script script(Conversation::Script more) {
        more.insert({
            {"GET /volumes/vol/json",
             {http(200, R"({"Name":"vol","Mountpoint":"/nonexistent/vol/_data","Options":{}})")}},
            {"POST /containers/create", {http(201, R"({"Id":"1"})")}},
            {"GET " + holder + "/archive", {http(200, tar_of({{"/", S_IFDIR}}))}},
            {"PUT " + holder + "/archive", {http(200, "")}},
            {"DELETE " + holder, {http(200, "[]")}},
        });
        return more;
    }
    VolumeCopy out() { return f.backend.export_volume(f.ctx, "vol", memory_file().get()); }
    bool is_clean() const {
        return conversation.in_order("POST /containers/create", "DELETE " + holder + "?");
    }

    Conversation conversation;
    engine::BackendFixture<PodmanBackend> f{conversation.script()};
};

TEST_CASE("a volume comes out of Podman without its owners, and that is told") {
    Archives a(engine::Conversation::Script{
        {"GET " + holder + "/archive",
         {http(200, tar_of({{"/", S_IFDIR}, {"/a"}, {"/b", S_IFREG, "a", true}}))}}});
    const VolumeCopy copy = a.out();
    CHECK(copy.entries == 2);
    CHECK(copy.losses.front().find("owners") == 0);
    CHECK(a.is_clean());
    CHECK(a.conversation.count("GET " + holder + "/archive?path=%2Fvol") == 1);
}

TEST_CASE("what Podman leaves out without a word is no copy") {
    const std::string there = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
    Archives missed(engine::Conversation::Script{{"HEAD " + holder + "/archive", {there}}});
    const auto error = error_of([&] { missed.out(); });
    CHECK(error.code() == Code::unsupported);
    CHECK(std::string(error.what()).find("leaves \"dev\" in the root of volume vol out") !=
          std::string::npos);
    CHECK(missed.is_clean());
    // An engine that does not leave them out is believed.
    Archives all(engine::Conversation::Script{
        {"HEAD " + holder + "/archive", {there}},
        {"GET " + holder + "/archive",
         {http(200, tar_of({{"/", S_IFDIR}, {"/dev"}, {"/proc"}, {"/sys"}}))}}});
    CHECK(all.out().entries == 3);
}

TEST_CASE("a volume goes into Podman at its mount point, and owners are to stay") {
    Archives a;
    const auto tar = memory_file(tar_of({{"./", S_IFDIR}, {"./a"}}));
    CHECK(a.f.backend.import_volume(a.f.ctx, "vol", tar.get()).entries == 1);
    CHECK(a.conversation.count("PUT " + holder + "/archive?path=%2Fvol&copyUIDGID=false") == 1);
    CHECK(a.conversation.last("PUT " + holder + "/archive").find("./a") != std::string::npos);
    CHECK(a.is_clean());
}

TEST_CASE("a volume that has what Podman does not show is not empty") {
    Archives a(
        engine::Conversation::Script{{"HEAD " + holder + "/archive", {"HTTP/1.1 200 OK\r\n\r\n"}}});
    const auto tar = memory_file(tar_of({{"./", S_IFDIR}}));
    CHECK(error_of([&] { a.f.backend.import_volume(a.f.ctx, "vol", tar.get()); }).code() ==
          Code::conflict);
    CHECK(a.conversation.count("PUT ") == 0);
}

}  // namespace
}  // namespace nexus::podman
