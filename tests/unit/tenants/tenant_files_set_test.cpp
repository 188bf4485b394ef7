// Sets of prompts and skills as their readers see them: whole, also across a crash.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/temp_dir.hpp"
#include "tenants/tenant_files.hpp"

using namespace nexus;
using namespace nexus::tenants;
namespace fs = std::filesystem;

namespace {

constexpr int set_size = 8;

// Every item of a set holds the set's number, so that a mixture of two shows.
std::vector<ConfigItem> numbered(int number) {
    std::vector<ConfigItem> items;
    for (int i = 0; i < set_size; ++i) {
        items.push_back(
            {"p" + std::to_string(i) + "-of-" + std::to_string(number), std::to_string(number)});
    }
    return items;
}

// What a reader finds that opens the folder once.
std::vector<std::string> read_set(const Directory& prompts) {
    std::vector<std::string> contents;
    for (const auto& name : prompts.names()) {
        const auto content = prompts.read(name, 100);
        if (content && name.find("-of-" + *content + ".md") != std::string::npos) {
            contents.push_back(*content);
        }
    }
    return contents;
}

bool is_whole(const std::vector<std::string>& contents) {
    return contents.size() == set_size &&
           std::all_of(contents.begin(), contents.end(),
                       [&](const std::string& content) { return content == contents.front(); });
}

int hidden_entries(const fs::path& folder) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().filename().string().front() == '.') ++count;
    return count;
}

// Runs `act` in a process that dies as by a power cut when `act` asks for its n-th permit; false
// where it asks for fewer.
bool cut_off(int n, const fs::path& folder, const std::function<void(const TenantFiles&)>& act) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int left = n;
        const TenantFiles files(Directory::open(folder.string()), [&left] {
            if (--left == 0) ::kill(::getpid(), SIGKILL);
        });
        act(files);
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status);
}

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("a reader that opens the folder once sees whole sets only") {
    const test::TempDir folder;
    const TenantFiles files(Directory::open(folder.path().string()));
    files.replace_prompts(numbered(0));
    const auto config = Directory::open(folder / "config");
    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
    std::atomic<bool> over = false;
    int whole = 0;
    int torn = 0;
    std::thread reader([&] {
        while (!over) {
            const int before = ended;
            const auto prompts = config.find("prompts");
            const bool complete = prompts && is_whole(read_set(*prompts));
            if (complete) ++whole;
            // Its set is replaced by the next replacement, and removed by the one after that.
            if (!complete && begun < before + 2) ++torn;
        }
    });
    constexpr int rounds = 500;
    for (int round = 1; round <= rounds; ++round) {
        ++begun;
        files.replace_prompts(numbered(round));
        ++ended;
    }
    over = true;
    reader.join();
    CHECK(torn == 0);
    CHECK(whole > rounds);
    CHECK(hidden_entries(folder / "config") == 1);
}

TEST_CASE("a reader of the old set finishes with it whole, until the next replacement") {
    const test::TempDir folder;
    const TenantFiles files(Directory::open(folder.path().string()));
    files.replace_prompts(numbered(1));
    const auto first = *Directory::open(folder / "config").find("prompts");
    files.replace_prompts(numbered(2));
    CHECK(is_whole(read_set(first)));
    files.replace_skills({{"greet", "# Greet"}});
    files.write_env_json({});
    CHECK(is_whole(read_set(first)));
    files.replace_prompts(numbered(3));
    CHECK(read_set(first).empty());
    CHECK(hidden_entries(folder / "config") == 1);
}

TEST_CASE("a crash between two steps leaves the old set or the new, and the next write cleans up") {
    const test::TempDir folder;
    const auto write_all = [](const TenantFiles& files, int number) {
        files.write_environment({{"A", std::to_string(number)}});
        files.write_env_json({{"A", std::to_string(number)}});
        files.replace_prompts(numbered(number));
        files.replace_skills({{"greet", std::to_string(number)}});
    };
    const TenantFiles files(Directory::open(folder.path().string()));
    write_all(files, 0);
    int number = 1;
    while (cut_off(number, folder.path(),
                   [&](const TenantFiles& child) { write_all(child, number); })) {
        const auto one_of = [&](const std::string& content) {
            return content == std::to_string(number) || content == std::to_string(number - 1);
        };
        CHECK(one_of(files.read_environment().at("A")));
        const auto set = read_set(*Directory::open(folder / "config").find("prompts"));
        CHECK(is_whole(set));
        CHECK(one_of(set.front()));
        CHECK(one_of(test::read_file(folder / "config/skills/greet/SKILL.md")));
        write_all(files, number++);
        // The previous prompts and skills, and nothing that the crash left.
        CHECK(hidden_entries(folder / "config") == 2);
        CHECK(hidden_entries(folder / "env") == 0);
    }
    CHECK(number > 8);
}

TEST_CASE("a set that was cut off while it was filled is never published") {
    const test::TempDir folder;
    const TenantFiles files(Directory::open(folder.path().string()));
    files.replace_prompts(numbered(1));
    const auto config = Directory::open(folder / "config");
    config.ensure(Directory::temporary("prompts"), 0755).create("half.md", "", 0644);
    CHECK(is_whole(read_set(*config.find("prompts"))));
    files.replace_prompts(numbered(2));
    CHECK(is_whole(read_set(*config.find("prompts"))));
    CHECK(hidden_entries(folder / "config") == 1);
}

TEST_CASE(
    "what the runtime reads is open to every user, whatever the umask, and the rest to none") {
    const test::TempDir folder;
    const mode_t before = ::umask(0077);
    const TenantFiles files(Directory::open(folder.path().string()));
    files.write_environment({{"A", "1"}});
    files.write_env_json({{"A", "1"}});
    files.replace_prompts({{"one", "1"}});
    files.replace_skills({{"greet", "# Greet"}});
    ::umask(before);
    for (const char* name : {"config", "config/prompts", "config/skills", "config/skills/greet"}) {
        CAPTURE(name);
        CHECK(mode_of(folder.path() / name) == 0755);
    }
    for (const char* name :
         {"config/env.json", "config/prompts/one.md", "config/skills/greet/SKILL.md"}) {
        CAPTURE(name);
        CHECK(mode_of(folder.path() / name) == 0644);
    }
    CHECK(mode_of(folder.path() / "env") == 0700);
    CHECK(mode_of(folder.path() / "env/runtime.env") == 0600);
}
