#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "backup/restore.hpp"
#include "backup/scratch.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/backup/restore_house.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using archive::TarWriter;

struct Fixture : RestoreHouse {
    Fixture() {
        back_up();
        set_data("second");
    }

    // A restore of what `change` made of the snapshot touches nothing, and says `problem`.
    void refuse(const std::function<void(TenantBackup&)>& change, const std::string& problem) {
        const auto before = picture();
        publish(change);
        const auto message = refusal(ErrorCode::snapshot_corrupt, [&] { restore(); });
        CAPTURE(message);
        CHECK(message.find(problem) != std::string::npos);
        CHECK(message.find("; the tenant was not touched") != std::string::npos);
        CHECK(picture() == before);
        CHECK(count("stop") == 0);
        check_tidy();
    }
    static void replace(TenantBackup& backup, const Part& part) {
        for (auto& one : backup.parts) {
            if (one.name == part.name) one = part;
        }
    }
    // The folder of the snapshot as `change` leaves it.
    Part folder_with(const std::function<void(const std::string& path)>& change) {
        const test::TempDir copy;
        archive::shell("cp -a " + store.path() + "/acme " + copy.path().string());
        change(copy / "acme");
        const auto facts = add(archive::exported(copy / "acme"));
        auto part = capture(PartName::folder);
        part.sha256 = facts.sha256;
        part.tar_bytes = facts.tar_bytes;
        part.file_bytes = facts.file_bytes;
        part.entries = facts.entries;
        return part;
    }
    void refuse_folder(const std::function<void(const std::string& path)>& change,
                       const std::string& problem) {
        const auto part = folder_with(change);
        refuse([&](TenantBackup& backup) { replace(backup, part); }, problem);
    }
    void restore_folder(const std::function<void(const std::string& path)>& change) {
        const auto part = folder_with(change);
        publish([&](TenantBackup& backup) { replace(backup, part); });
        restore();
        check_tidy();
    }
};

archive::FileFacts facts(mode_t mode) {
    return {0, 0, mode, {0, 0}, {}};
}

void edit(const std::string& file, const std::string& from, const std::string& to) {
    auto text = test::read_file(file);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    test::write_file(file, text.replace(at, from.size(), to));
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an archive that must not be unpacked leaves a tenant alone") {
    struct Case {
        const char* what;
        std::function<void(TarWriter&)> fill;
        const char* problem;
    };
    const Case cases[] = {
        {"absolute",
         [](TarWriter& tar) {
             tar.header({.path = "/tmp/nexus-hostile", .facts = facts(S_IFREG | 0644)});
         },
         "is absolute"},
        {"up",
         [](TarWriter& tar) {
             tar.header({.path = "./../hostile", .facts = facts(S_IFREG | 0644)});
         },
         "has \"..\""},
        {"through a link",
         [](TarWriter& tar) {
             tar.header({.path = "./l", .facts = facts(S_IFLNK | 0777), .symlink = "/tmp"});
             tar.header({.path = "./l/hostile", .facts = facts(S_IFREG | 0644)});
         },
         "did not make a folder"},
        {"a device",
         [](TarWriter& tar) { tar.header({.path = "./dev", .facts = facts(S_IFBLK | 0666)}); },
         "only files, folders, links and fifos"},
        {"twice",
         [](TarWriter& tar) {
             tar.header({.path = "./a", .facts = facts(S_IFREG | 0644)});
             tar.header({.path = "./a", .facts = facts(S_IFREG | 0644)});
         },
         "twice"},
    };
    for (const auto& one : cases) {
        CAPTURE(one.what);
        const auto tar = tar_with(one.fill);
        for (const auto name : {PartName::folder, PartName::session, PartName::state}) {
            const auto part = plant(name, tar);
            refuse([&](TenantBackup& backup) { replace(backup, part); }, one.problem);
        }
    }
    CHECK_FALSE(fs::exists("/tmp/nexus-hostile"));
}

TEST_CASE_FIXTURE(Fixture, "a manifest that lies about a part leaves a tenant alone") {
    const auto lie = [&](std::int64_t Part::*member, std::int64_t by, const std::string& problem) {
        refuse([&](TenantBackup& backup) { backup.parts.back().*member += by; }, problem);
    };
    lie(&Part::entries, 1, "entries, and");
    lie(&Part::entries, -1, "entries, and");
    lie(&Part::file_bytes, 1, "bytes of files, and");
    lie(&Part::tar_bytes, -512, "cannot be restored");
    lie(&Part::tar_bytes, 512, "cannot be restored");
    refuse([](TenantBackup& backup) { backup.parts.back().sha256 = std::string(64, '0'); },
           "cannot be restored");
}

TEST_CASE_FIXTURE(Fixture, "a blob that is not what its name says leaves a tenant alone") {
    const auto another = capture(PartName::session);
    write("tenant_acme_state", "data", "third");
    const auto part = capture(PartName::state);
    write("tenant_acme_state", "data", "second");  // no later backup mends its blob
    BlobFacts blob;
    blob.sha256 = part.sha256;
    const auto damage = [&](const std::function<std::string(std::string)>& change) {
        test::write_file(tar_path(blob), change(test::read_file(tar_path(blob))));
        refuse([&](TenantBackup& backup) { replace(backup, part); }, "cannot be restored");
    };
    SUBCASE("a bit of it") {
        damage([](std::string bytes) { return bytes.replace(bytes.size() / 2, 8, 8, '\xff'); });
    }
    SUBCASE("cut") {
        damage([](const std::string& bytes) { return bytes.substr(0, bytes.size() - 9); });
    }
    SUBCASE("another tar") {
        BlobFacts of_other;
        of_other.sha256 = another.sha256;
        damage([&](const std::string&) { return test::read_file(tar_path(of_other)); });
    }
    SUBCASE("a bomb") {
        damage([](const std::string&) { return compressed(std::string(64U << 20U, '\0')); });
    }
}

TEST_CASE_FIXTURE(Fixture, "a folder of a snapshot that is no tenant's leaves the tenant alone") {
    const auto in_record = [&](const char* from, const char* to, const char* problem) {
        refuse_folder([&](const std::string& path) { edit(path + "/tenant.json", from, to); },
                      problem);
    };
    in_record("\"acme\"", "\"else\"", "names another tenant");
    in_record("\"v\":1", "\"v\":9", "written by another release");
    in_record("\"desired\":\"running\"", "\"desired\":\"flying\"", "/desired");
    in_record("\"generation\":", "\"generation\":-", "/generation");
    in_record("\"generation\":", "\"generation\":900000000000000000", "/generation");
    refuse_folder([](const std::string& path) { test::write_file(path + "/tenant.json", "{"); },
                  "holds no folder of tenant acme");
    refuse_folder(
        [](const std::string& path) {
            fs::remove(path + "/tenant.json");
            fs::create_symlink("/etc/passwd", path + "/tenant.json");
        },
        "tenant.json");
    refuse_folder(
        [](const std::string& path) {
            fs::remove(path + "/tenant.json");
            REQUIRE(::mkfifo((path + "/tenant.json").c_str(), 0600) == 0);
        },
        "is not a plain file");
    refuse_folder(
        [](const std::string& path) {
            fs::remove_all(path + "/env");
            fs::create_symlink("config", path + "/env");
        },
        "/env");
    refuse_folder(
        [](const std::string& path) {
            fs::remove_all(path + "/config");
            test::write_file(path + "/config", "");
        },
        "/config");
    refuse_folder(
        [](const std::string& path) { test::write_file(path + "/env/runtime.env", "no name\n"); },
        "not NAME=value");
}

TEST_CASE_FIXTURE(Fixture, "only what a tenant's folder has is taken from a snapshot") {
    restore_folder([](const std::string& path) {
        fs::create_directory(path + "/planted");
        test::write_file(path + "/planted/file", "");
        test::write_file(path + "/env/planted", "");
        fs::permissions(path, fs::perms::all);
        fs::permissions(path + "/env", fs::perms::all);
        fs::permissions(path + "/env/runtime.env", fs::perms::all);
        // The runtime writes to what is in config/.
        fs::create_hard_link(path + "/env/runtime.env", path + "/config/planted");
    });
    const std::string path = store.path() + "/acme";
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(path))
        names.insert(entry.path().filename());
    CHECK(names == std::set<std::string>{"config", "env", "tenant.json"});
    CHECK_FALSE(fs::exists(path + "/env/planted"));
    CHECK(fs::status(path).permissions() == fs::perms::owner_all);
    CHECK(fs::status(path + "/env").permissions() == fs::perms::owner_all);
    const auto private_file = fs::perms::owner_read | fs::perms::owner_write;
    CHECK(fs::status(path + "/env/runtime.env").permissions() == private_file);
    CHECK(fs::hard_link_count(path + "/env/runtime.env") == 1);
    CHECK(fs::exists(path + "/config/planted"));
}

TEST_CASE_FIXTURE(Fixture, "a snapshot brings no runtime into a network that is not its own") {
    const auto network = [](const std::string& name, const std::string& subnet) {
        return [name, subnet](const std::string& path) {
            auto text = test::read_file(path + "/tenant.json");
            const auto begin = text.find("\"network\":{");
            REQUIRE(begin != std::string::npos);
            const auto end = text.find('}', begin) + 1;
            test::write_file(
                path + "/tenant.json",
                text.replace(begin, end - begin,
                             R"("network":{"name":")" + name + R"(","subnet":")" + subnet + "\"}"));
        };
    };
    const struct {
        const char* name;
        const char* subnet;
    } cases[] = {{"host", ""},
                 {"host", "10.231.0.0/28"},
                 {"tenant_other_net", "10.231.0.0/28"},
                 {"tenant_acme_net", "0.0.0.0/0"},
                 {"tenant_acme_net", "--subnet"}};
    for (const auto& one : cases) {
        CAPTURE(one.name);
        CAPTURE(one.subnet);
        const auto part = folder_with(network(one.name, one.subnet));
        publish([&](TenantBackup& backup) { replace(backup, part); });
        // Nothing that is known of the network here speaks against it.
        fs::remove_all(store.path() + "/acme");
        restore();
        const auto record = store.load(acme).value();
        CHECK(record.network.name == "tenant_acme_net");
        CHECK(record.network.subnet.starts_with("10.231.0."));
        CHECK(backend.specs.at("tenant_acme_runtime").network == "tenant_acme_net");
        set_data("second");
    }
}

TEST_CASE_FIXTURE(Fixture, "a disk that is full leaves a tenant alone") {
    const auto before = picture();
    fail_once("import_volume", Code::exhausted);
    const auto message = refusal(ErrorCode::exhausted, [&] { restore(); });
    CHECK(message.find("; the tenant was not touched") != std::string::npos);
    CHECK(picture() == before);
    check_tidy();
}

}  // namespace nexus::backup
