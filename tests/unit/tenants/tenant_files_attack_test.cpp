// What a runtime, which may be root in its container, plants in its config folder: nothing of it
// leads a write, a removal or a change of mode elsewhere, or keeps its files from being written.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "support/temp_dir.hpp"
#include "tenants/tenant_files.hpp"
#include "tenants/tenant_store.hpp"

using namespace nexus;
using namespace nexus::tenants;
namespace fs = std::filesystem;

namespace {

const std::vector<const char*> names{"env.json",        "prompts",        "skills",
                                     ".env.json.1.tmp", ".prompts.1.tmp", ".skills.1.tmp",
                                     "prompts.md"};

// All that a write, a removal or a change of mode would change of a tree.
std::string state(const fs::path& root) {
    std::map<fs::path, std::string> entries;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        struct stat status {};
        REQUIRE(::lstat(entry.path().c_str(), &status) == 0);
        std::string& text = entries[entry.path()];
        for (const long number :
             {static_cast<long>(status.st_mode), static_cast<long>(status.st_nlink),
              static_cast<long>(status.st_size), static_cast<long>(status.st_mtim.tv_sec),
              static_cast<long>(status.st_mtim.tv_nsec), static_cast<long>(status.st_ctim.tv_nsec)})
            text += std::to_string(number) + " ";
        if (S_ISREG(status.st_mode)) text += test::read_file(entry.path());
    }
    std::string all;
    for (const auto& [path, text] : entries)
        all += path.string() + " " + text + "\n";
    return all;
}

struct Tenant {
    Tenant() {
        fs::create_directory(root / "tenants");
        fs::create_directories(outside / "folder/below");
        test::write_file(outside / "precious", "keep");
        test::write_file(outside / "folder/below/file", "keep");
        REQUIRE(::mkfifo((outside / "fifo").c_str(), 0640) == 0);
        store.emplace(root / "tenants");
        files.emplace(store->folder(id));
        test::write_file(folder / "tenant.json", "record");
    }

    void write_all() const {
        files->write_environment({{"A", "1"}});
        files->write_env_json({{"A", "1"}});
        files->replace_prompts({{"one", "1"}, {"two", "2"}});
        files->replace_skills({{"greet", "# Greet"}});
    }

    test::TempDir root;
    fs::path outside = root / "outside";
    TenantId id = *TenantId::parse("victim");
    fs::path folder = root / "tenants/victim";
    fs::path config = folder / "config";
    std::optional<TenantStore> store;
    std::optional<TenantFiles> files;
};

std::vector<std::string> listing(const fs::path& folder) {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder))
        result.push_back(entry.path().filename().string());
    std::sort(result.begin(), result.end());
    return result;
}

void require_whole(const Tenant& tenant) {
    const auto plain = [](const fs::path& path) {
        return fs::is_regular_file(fs::symlink_status(path));
    };
    CHECK(plain(tenant.config / "env.json"));
    CHECK(test::read_file(tenant.config / "env.json") == R"({"A":"1"})");
    CHECK(fs::is_directory(fs::symlink_status(tenant.config / "prompts")));
    CHECK(listing(tenant.config / "prompts") == std::vector<std::string>{"one.md", "two.md"});
    CHECK(test::read_file(tenant.config / "prompts/two.md") == "2");
    CHECK(fs::is_directory(fs::symlink_status(tenant.config / "skills")));
    CHECK(listing(tenant.config / "skills") == std::vector<std::string>{"greet"});
    CHECK(plain(tenant.config / "skills/greet/SKILL.md"));
    CHECK(test::read_file(tenant.folder / "env/runtime.env") == "A=1\n");
    CHECK(test::read_file(tenant.folder / "tenant.json") == "record");
    CHECK_FALSE(fs::exists(fs::symlink_status(tenant.config / ".env.json.1.tmp")));
    CHECK_FALSE(fs::exists(fs::symlink_status(tenant.config / ".prompts.1.tmp")));
    CHECK_FALSE(fs::exists(fs::symlink_status(tenant.config / ".skills.1.tmp")));
}

using Plant = std::function<void(const Tenant&, const fs::path&)>;

// Links to files and folders, by whole and by relative path.
Plant link_to(const std::string& target) {
    return [target](const Tenant& tenant, const fs::path& path) {
        const bool above = target.rfind("outside", 0) == 0;
        fs::create_symlink(above ? fs::path(tenant.root / target) : fs::path(target), path);
    };
}

const std::map<std::string, Plant> plants{
    {"a link to a file", link_to("outside/precious")},
    {"a link to a folder", link_to("outside/folder")},
    {"a link to a FIFO", link_to("outside/fifo")},
    {"a link to a system file", link_to("/etc/passwd")},
    {"a link to the record", link_to("../tenant.json")},
    {"a link to the tenant's folder", link_to("..")},
    {"a dangling link", link_to("nowhere")},
    {"a link to itself",
     [](const Tenant&, const fs::path& path) { fs::create_symlink(path.filename(), path); }},
    {"a link out of /proc", link_to("/proc/self/cwd")},
    {"a FIFO",
     [](const Tenant&, const fs::path& path) { REQUIRE(::mkfifo(path.c_str(), 0666) == 0); }},
    {"a socket",
     [](const Tenant&, const fs::path& path) {
         REQUIRE(::mknod(path.c_str(), S_IFSOCK | 0666, 0) == 0);
     }},
    {"a closed file",
     [](const Tenant&, const fs::path& path) {
         test::write_file(path, "mine");
         fs::permissions(path, fs::perms::none);
     }},
    {"a hard link",
     [](const Tenant& tenant, const fs::path& path) {
         test::write_file(tenant.config / "other", "mine");
         fs::create_hard_link(tenant.config / "other", path);
     }},
    {"an empty folder", [](const Tenant&, const fs::path& path) { fs::create_directory(path); }},
    {"a closed folder with links",
     [](const Tenant& tenant, const fs::path& path) {
         fs::create_directories(path / "below");
         fs::create_directory_symlink(tenant.outside, path / "below/link");
         fs::create_symlink(tenant.outside / "precious", path / "one.md");
         fs::create_directory_symlink(tenant.outside / "folder", path / "greet");
         fs::permissions(path / "below", fs::perms::none);
         fs::permissions(path, fs::perms::none);
     }},
    {"a deep tree", [](const Tenant&, const fs::path& path) {
         fs::create_directory(path);
         auto below = Directory::open(path.string());
         for (int level = 0; level < 300; ++level)
             below = below.ensure("d", 0700);
     }}};

}  // namespace

TEST_CASE("whatever a runtime plants is replaced, and nothing elsewhere changes") {
    for (const auto& [title, plant] : plants) {
        const std::string& what = title;  // a lambda captures no binding
        CAPTURE(what);
        const Tenant tenant;
        const std::string before = state(tenant.outside);
        for (const char* name : names)
            plant(tenant, tenant.config / name);
        tenant.write_all();
        require_whole(tenant);
        tenant.write_all();
        require_whole(tenant);
        CHECK(state(tenant.outside) == before);
        CHECK(listing(tenant.folder) == std::vector<std::string>{"config", "env", "tenant.json"});
        // Under a name that is not the runner's it is the runtime's own business.
        CHECK(fs::exists(fs::symlink_status(tenant.config / "prompts.md")));
        tenant.store->remove(tenant.id);
        CHECK(listing(tenant.root / "tenants").empty());
        CHECK(state(tenant.outside) == before);
    }
}

TEST_CASE("what a runtime plants under a name of its own is removed with the tenant") {
    for (const auto& [title, plant] : plants) {
        const std::string& what = title;  // a lambda captures no binding
        CAPTURE(what);
        const Tenant tenant;
        const std::string before = state(tenant.outside);
        plant(tenant, tenant.config / "new\nline \xff");
        tenant.store->remove(tenant.id);
        CHECK(listing(tenant.root / "tenants").empty());
        CHECK(state(tenant.outside) == before);
    }
}

TEST_CASE("a runtime that swaps folders and links meanwhile leads no write elsewhere") {
    const Tenant tenant;
    const std::string before = state(tenant.outside);
    const auto config = Directory::open(tenant.config.string());
    std::atomic<bool> over = false;
    std::thread runtime([&] {
        const std::string target = tenant.outside.string();
        while (!over) {
            ::symlinkat(target.c_str(), config.fd(), "trap");
            for (const auto& name : config.names()) {
                if (name == "trap") continue;
                ::renameat2(config.fd(), name.c_str(), config.fd(), "trap", RENAME_EXCHANGE);
                ::renameat2(config.fd(), name.c_str(), config.fd(), "trap", RENAME_EXCHANGE);
            }
        }
    });
    const auto attempt = [&](const std::function<void()>& act) {
        try {
            act();
        } catch (const std::system_error& error) {
            CHECK(std::string(error.what()).find(tenant.config) != std::string::npos);
        }
    };
    constexpr int rounds = 300;
    for (int round = 0; round < rounds; ++round) {
        attempt([&] { tenant.files->replace_prompts({{"precious", "lost"}}); });
        if (round % 10 != 0) continue;
        attempt([&] { tenant.files->replace_skills({{"folder", "lost"}}); });
        attempt([&] { tenant.files->write_env_json({{"A", "1"}}); });
    }
    over = true;
    runtime.join();
    CHECK(state(tenant.outside) == before);
    CHECK(test::read_file(tenant.folder / "tenant.json") == "record");
    config.remove("trap");  // by now a link or a folder
    tenant.write_all();
    require_whole(tenant);
    tenant.store->remove(tenant.id);
    CHECK(state(tenant.outside) == before);
}
