// Volumes whose folder is not here, against an engine that a real one would never be; what a real
// one does is in tests/integration.
#include <doctest/doctest.h>

#include <algorithm>

#include "archive/tar_reader.hpp"
#include "docker/docker_backend.hpp"
#include "engine/maker.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/archive/hostile_archives.hpp"
#include "unit/engine/conversation.hpp"

namespace nexus::docker {
namespace {

using archive::content_of;
using archive::memory_file;
using archive::tar_of;
using engine::Conversation;
using engine::error_of;
using engine::http;
using engine::within;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string holder = "/containers/nexus_archive_vol";
const std::string created = http(201, R"({"Id":"1"})");
const std::string done = "HTTP/1.1 204 No Content\r\n\r\n";
const std::string taken = http(409, R"({"message":"Conflict. The container name is in use"})");

struct Archives {
    explicit Archives(Conversation::Script more = {})
        : conversation({"Api-Version: 1.41\r\n", "/v1.41"}, script(std::move(more))) {}

    static Conversation::Script script(Conversation::Script more) {
        more.insert({
            {"GET /volumes/vol",
             {http(200, R"({"Name":"vol","Mountpoint":"/nonexistent/volumes/vol/_data"})")}},
            {"POST /containers/create", {created}},
            {"GET " + holder + "/archive", {http(200, tar_of({{"./", S_IFDIR}}))}},
            {"PUT " + holder + "/archive", {http(200, "")}},
            {"DELETE " + holder, {done}},
        });
        return more;
    }
    VolumeCopy out() { return f.backend.export_volume(f.ctx, "vol", to.get()); }
    VolumeCopy in(const std::string& tar) {
        return f.backend.import_volume(f.ctx, "vol", memory_file(tar).get());
    }
    bool is_clean() const {
        return conversation.in_order("POST /containers/create",
                                     "DELETE " + holder + "?force=1&v=1");
    }

    Conversation conversation;
    engine::BackendFixture<DockerBackend> f{conversation.script()};
    UniqueFd to = memory_file();
};

std::string left_by(const std::string& maker) {
    return http(200, R"({"Id":"7","Name":"/nexus_archive_vol","State":{"Status":"created"},)"
                     R"("Config":{"Labels":{"io.nexus.archive":")" +
                         maker + R"("}}})");
}

TEST_CASE("a volume comes out of the engine by a container that is never started") {
    Archives a(engine::Conversation::Script{
        {"GET " + holder + "/archive",
         {http(200, tar_of({{"./", S_IFDIR}, {"./a"}, {"./dev", S_IFCHR}}))}}});
    const VolumeCopy copy = a.out();
    CHECK(copy.method == "archive");
    CHECK(copy.entries == 1);
    CHECK(std::count(copy.losses.begin(), copy.losses.end(), "device nodes") == 1);
    CHECK(std::count(copy.losses.begin(), copy.losses.end(), "access control lists") == 1);
    CHECK(a.is_clean());
    CHECK(a.conversation.count("POST " + holder) == 0);
    const std::string creation = a.conversation.last("POST /containers/create");
    CHECK(creation.find(R"("Labels":{"io.nexus.archive":")" + engine::this_process() + "\"}") !=
          std::string::npos);
    CHECK(creation.find(R"("NetworkMode":"none")") != std::string::npos);
    CHECK(creation.find("io.nexus.tenant") == std::string::npos);
    CHECK(a.conversation.count("GET " + holder + "/archive?path=%2Fvol%2F.") == 1);
}

TEST_CASE("an engine without our image is given one that holds nothing") {
    Archives a(engine::Conversation::Script{
        {"POST /containers/create",
         {http(404, R"({"message":"No such image: nexus-runner/archive:1"})"), created}},
        {"POST /images/create", {http(200, R"({"status":"sha256:1"})")}}});
    a.out();
    CHECK(a.is_clean());
    const std::string request = a.conversation.last("POST /images/create");
    CHECK(request.find("Content-Type: application/x-tar\r\n") != std::string::npos);
    CHECK(request.ends_with("\r\n\r\n" + std::string(1024, '\0')));
}

TEST_CASE("an archive that the engine does not finish is no copy") {
    const std::string whole = tar_of({{"./", S_IFDIR}, {"./a"}});
    const std::string cut = whole.substr(0, whole.find_last_not_of('\0') / 512 * 512 + 512);
    const struct {
        std::string answer;
        Code code;
    } cases[] = {
        {http(200, cut), Code::internal},
        {http(200, ""), Code::internal},
        {http(200, "nonsense"), Code::internal},
        {http(200, tar_of({{"./a"}})), Code::internal},
        {http(200, tar_of({{"./", S_IFDIR}, {"./../a"}})), Code::internal},
        {http(404, R"({"message":"Could not find the file /vol/."})"), Code::not_found},
        {http(500, R"({"message":"read: input/output error"})"), Code::internal},
        // Longer than what comes.
        {"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\nConnection: close\r\n\r\n" + whole,
         Code::timeout},
    };
    for (const auto& c : cases) {
        CAPTURE(c.answer.substr(0, 200));
        Archives a(engine::Conversation::Script{{"GET " + holder + "/archive", {c.answer}}});
        if (c.code == Code::timeout) a.f.ctx = within(milliseconds(300));
        CHECK(error_of([&] { a.out(); }).code() == c.code);
        CHECK(a.is_clean());
    }
}

TEST_CASE("a volume goes into the engine behind its place there, owners and all") {
    Archives a;
    const VolumeCopy copy = a.in(tar_of({{"./", S_IFDIR}, {"./a"}, {"./b", S_IFREG, "./a", true}}));
    CHECK(copy.method == "archive");
    CHECK(copy.entries == 2);
    CHECK(a.is_clean());
    CHECK(a.conversation.count("PUT " + holder + "/archive?path=%2F") == 1);
    const std::string request = a.conversation.last("PUT " + holder + "/archive");
    CHECK(request.find("Content-Type: application/x-tar\r\n") != std::string::npos);
    const auto body = memory_file(request.substr(request.find("\r\n\r\n") + 4));
    archive::Losses losses;
    archive::TarReader reader(a.f.ctx, body.get(), losses);
    std::string names;
    for (archive::TarEntry entry; reader.next(entry);)
        names += entry.path + "=" + entry.target + " ";
    CHECK(names == "vol/= vol/a= vol/b=vol/a ");
}

TEST_CASE("nothing hostile reaches the engine as a whole archive") {
    for (const auto& hostile : archive::hostile_archives("/outside")) {
        CAPTURE(hostile.what);
        Archives a;
        CHECK(error_of([&] { a.in(tar_of(hostile.items)); }).code() == Code::invalid);
        CHECK(a.is_clean());
    }
}

TEST_CASE("only an empty volume takes an import") {
    for (const auto& items : {archive::Items{{"./", S_IFDIR}, {"./a"}},
                              archive::Items{{"./", S_IFDIR}, {"./dev", S_IFCHR}}}) {
        Archives a(engine::Conversation::Script{
            {"GET " + holder + "/archive", {http(200, tar_of(items))}}});
        CHECK(error_of([&] { a.in(tar_of({{"./", S_IFDIR}})); }).code() == Code::conflict);
        CHECK(a.is_clean());
        CHECK(a.conversation.count("PUT ") == 0);
    }
}

TEST_CASE("an engine that refuses an import says why, before or after it has all of it") {
    const std::string full = http(500, R"({"message":"write /vol/a: no space left on device"})");
    Archives late(engine::Conversation::Script{{"PUT " + holder + "/archive", {full}}});
    CHECK(error_of([&] { late.in(tar_of({{"./", S_IFDIR}, {"./a"}})); }).code() == Code::exhausted);
    CHECK(late.is_clean());
}

TEST_CASE("what a process that died left is removed, that of one that lives is waited for") {
    Archives dead(
        engine::Conversation::Script{{"POST /containers/create", {taken, created}},
                                     {"GET " + holder + "/json", {left_by("another boot/1/2/3")}}});
    dead.out();
    CHECK(dead.is_clean());
    CHECK(dead.conversation.count("DELETE " + holder) == 2);

    Archives own(engine::Conversation::Script{
        {"POST /containers/create", {taken, created}},
        {"GET " + holder + "/json", {left_by(engine::this_process())}}});
    own.out();
    CHECK(own.conversation.count("DELETE " + holder) == 2);

    Archives foreign(
        engine::Conversation::Script{{"POST /containers/create", {taken}},
                                     {"GET " + holder + "/json",
                                      {http(200, R"({"Id":"7","Name":"/nexus_archive_vol",)"
                                                 R"("State":{"Status":"created"}})")}}});
    CHECK(error_of([&] { foreign.out(); }).code() == Code::conflict);
    CHECK(foreign.conversation.count("DELETE ") == 0);
}

TEST_CASE("a volume that only a leftover of a copy holds can be removed") {
    const std::string used = http(409, R"({"message":"remove vol: volume is in use - [7]"})");
    Archives a(
        engine::Conversation::Script{{"DELETE /volumes/vol", {used, done}},
                                     {"GET " + holder + "/json", {left_by("another boot/1/2/3")}}});
    CHECK_NOTHROW(a.f.backend.remove_volume(a.f.ctx, "vol"));
    CHECK(a.conversation.count("DELETE " + holder) == 1);
    Archives in_use(engine::Conversation::Script{{"DELETE /volumes/vol", {used}}});
    CHECK(error_of([&] { in_use.f.backend.remove_volume(in_use.f.ctx, "vol"); }).code() ==
          Code::conflict);
}

TEST_CASE("a volume that something is mounted on when it is used is not looked for in its folder") {
    const test::TempDir temp;
    for (const std::string more :
         {R"("Driver":"local","Options":{"type":"nfs","device":":/x"})", R"("Driver":"rexray")"}) {
        CAPTURE(more);
        Archives a(engine::Conversation::Script{
            {"GET /volumes/vol",
             {http(200, R"({"Name":"vol","Mountpoint":")" + temp.path().string() + "\"," + more +
                            "}")}}});
        CHECK(a.f.backend.inspect_volume(a.f.ctx, "vol")->mountpoint.empty());
        CHECK(a.out().method == "archive");
    }
}

}  // namespace
}  // namespace nexus::docker
