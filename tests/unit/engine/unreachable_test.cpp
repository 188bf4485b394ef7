#include "engine/unreachable.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "support/temp_dir.hpp"

namespace nexus::engine {
namespace {

std::string why(const std::string& endpoint, int error) {
    return unreachable({"Docker Engine", "dockerd", parse_endpoint(endpoint)}, error).what();
}

bool has(const std::string& text, const std::string& part) {
    CAPTURE(text);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a socket that is not there is named with the line that mounts it") {
    const test::TempDir folder;
    const std::string path = folder / "docker.sock";
    const auto missing = why("unix://" + path, ENOENT);
    CHECK(has(missing, "there is no such socket; is dockerd running?"));
    CHECK(has(missing, "volumes: [\"" + path + ":" + path + "\"]"));
    std::filesystem::create_directory(path);
    CHECK(has(why("unix://" + path, ECONNREFUSED), "this is a folder"));
    CHECK(has(why("tcp://127.0.0.1:1", ECONNREFUSED), "nobody listens there; is dockerd running?"));
    CHECK(has(why("tcp://127.0.0.1:1", EHOSTUNREACH), "No route to host; is dockerd running?"));
}

// As root every file is open: another user asks.
TEST_CASE("a socket that is closed to this user is named with whom it lets in") {
    if (::geteuid() != 0) return;
    const test::TempDir folder;
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
    const std::string path = folder / "docker.sock";
    test::write_file(path, "");
    REQUIRE(::chown(path.c_str(), 0, 998) == 0);
    const struct {
        mode_t socket, folder;
        std::string part;
    } rows[] = {
        {0660, 0755, "for group 998; in compose add group_add: [\"998\"] to the service"},
        {0600, 0755, "for user 0 alone; run nexus-runner as that user"},
        {0660, 0700, "may not enter " + folder.path().string() + ", where the socket is"},
        {0666, 0755, "so something else forbids it, such as SELinux"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.part);
        REQUIRE(::chmod(path.c_str(), row.socket) == 0);
        REQUIRE(::chmod(folder.path().c_str(), row.folder) == 0);
        REQUIRE(::setresuid(10001, 10001, 0) == 0);
        const auto text = why("unix://" + path, EACCES);
        REQUIRE(::setresuid(0, 0, 0) == 0);
        CHECK(has(text, row.part));
        CHECK(has(text, "user 10001"));
    }
}

}  // namespace nexus::engine
