#include "app/own_container.hpp"

#include <doctest/doctest.h>

#include "unit/tenants/fake_backend.hpp"

namespace nexus::app {
namespace {

const std::string id(64, 'a');
const std::string other_id(64, 'b');

std::string line(const std::string& root, const std::string& target,
                 const std::string& type = "ext4") {
    return "224 207 254:0 " + root + " " + target + " rw,relatime shared:1 master:6 - " + type +
           " /dev/vda rw\n";
}

using Ids = std::vector<std::string>;

TEST_CASE("the kernel's list of mounts is read, and what is no line of it left out") {
    const auto mounts =
        parse_mountinfo(line("/", "/", "overlay") + line("/a\\040b\\134", "/c\\04") +
                        "1 2 3:4 / /proc rw - proc proc rw\n" + "1 2 3:4 / /cut rw shared:1\n" +
                        "nonsense\n\n" + "1 2 3:4 / /cut rw shared:1 master:2 x y -\n");
    REQUIRE(mounts.size() == 3);
    CHECK(mounts[0].type == "overlay");
    CHECK(mounts[1].root == "/a b\\");
    CHECK(mounts[1].target == "/c\\04");
    CHECK(mounts[2].target == "/proc");
    CHECK(parse_mountinfo("").empty());
}

TEST_CASE("a container's id is that of the folder from which the engine mounts its files") {
    const auto docker = line("/var/lib/docker/containers/" + id + "/hostname", "/etc/hostname") +
                        line("/containers/" + id + "/hosts", "/etc/hosts");
    CHECK(possible_ids(parse_mountinfo(docker), "vm") == Ids{id});
    const auto podman =
        line("/containers/storage/overlay-containers/" + id + "/userdata/.containerenv",
             "/run/.containerenv");
    CHECK(possible_ids(parse_mountinfo(podman), "vm") == Ids{id});
    // An engine inside a container, whose own data is on a volume without a name.
    const auto inner =
        line("/volumes/" + other_id + "/_data/containers/" + id + "/hostname", "/etc/hostname");
    CHECK(possible_ids(parse_mountinfo(inner), "vm") == Ids{other_id, id});
    // A folder of another container that was mounted says nothing.
    CHECK(possible_ids(parse_mountinfo(line("/containers/" + other_id, "/data")), "vm").empty());
    CHECK(possible_ids(parse_mountinfo(line("/etc/hostname", "/etc/hostname")), "vm").empty());
}

TEST_CASE("where the mounts do not tell, the host name may") {
    CHECK(possible_ids({}, "0123456789ab") == Ids{"0123456789ab"});
    for (const char* name : {"", "worker-1", "0123456789a", "0123456789abc", "0123456789AB"})
        CHECK_MESSAGE(possible_ids({}, name).empty(), name);
}

TEST_CASE("a path is on the innermost mount that it lies in") {
    const auto mounts =
        parse_mountinfo(line("/", "/", "overlay") + line("/x", "/opt/nexus") +
                        line("/y", "/opt/nexus/tenants") + line("/z", "/opt/nexus", "tmpfs"));
    const auto type_at = [&mounts](const char* path) { return mount_of(mounts, path)->type; };
    CHECK(type_at("/opt/nexus/tenants/a") == "ext4");
    CHECK(type_at("/opt/nexus") == "tmpfs");
    CHECK(type_at("/opt/nexus2") == "overlay");
    CHECK(mount_of({}, "/opt") == nullptr);
}

TEST_CASE("a path on the host is told by the mount that it lies in") {
    const std::vector<BindMount> mounts{{"/srv/", "/opt", false},
                                        {"/data/t", "/opt/nexus/tenants", false},
                                        {"", "/volume", false},
                                        {"/", "/host", true}};
    CHECK(host_path(mounts, "/opt/nexus/tenants") == "/data/t");
    CHECK(host_path(mounts, "/opt/nexus/tenants/acme") == "/data/t/acme");
    CHECK(host_path(mounts, "/opt/nexus") == "/srv/nexus");
    CHECK(host_path(mounts, "/host/etc") == "/etc");
    CHECK_FALSE(host_path(mounts, "/volume/a"));
    CHECK_FALSE(host_path(mounts, "/var"));
    CHECK(host_path({{"/", "/", false}}, "/var/lib") == "/var/lib");
}

TEST_CASE("the engine is asked for the container of this id, by the name that it gives it") {
    test::FakeBackend engine;
    engine.containers["runner"].id = id;
    engine.containers["runner"].name = "runner";
    engine.containers["other"].id = other_id;
    engine.containers["other"].name = "other";
    const CallContext ctx{std::chrono::steady_clock::now() + std::chrono::minutes(1), -1, "", ""};
    const auto name_of = [&](const Ids& ids) {
        const auto found = find_own(engine, ctx, {ids, {}});
        return found ? found->name : "";
    };
    CHECK(name_of({id}) == "runner");
    CHECK(name_of({std::string(64, 'c'), id.substr(0, 12)}) == "runner");
    CHECK(name_of({std::string(64, 'c')}) == "");
    CHECK(name_of({""}) == "");
    CHECK(name_of({}) == "");
}

}  // namespace
}  // namespace nexus::app
