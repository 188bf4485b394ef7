#include "tenants/tenant_files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <functional>

#include "base/failure.hpp"
#include "support/temp_dir.hpp"

using namespace nexus;
using namespace nexus::tenants;
namespace fs = std::filesystem;

namespace {

bool refused(const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        CHECK(failure.code() == ErrorCode::invalid_config_item);
        return true;
    }
    return false;
}

}  // namespace

TEST_CASE("environment names and values outside the rules are refused") {
    CHECK_NOTHROW(check_environment({{"A", ""}, {"_x9", "=a b"}, {std::string(128, 'N'), "v"}}));
    for (const char* name : {"", "9A", "A-B", "A B", "A=B", "PATH", "LD_PRELOAD", "LD_", "Ä"}) {
        CAPTURE(name);
        CHECK(refused([&] { check_environment({{name, "v"}}); }));
    }
    CHECK(refused([] { check_environment({{std::string(129, 'N'), "v"}}); }));
    CHECK(refused([] { check_environment({{"A", "one\ntwo"}}); }));
    CHECK(refused([] { check_environment({{"A", std::string("a\0b", 3)}}); }));
    // A job's schema counts characters, of up to four bytes; Linux counts bytes.
    constexpr std::size_t most = (128U << 10U) - 2;
    CHECK_NOTHROW(check_environment({{"AB", std::string(most - 2, 'v')}}));
    CHECK(refused([] { check_environment({{"AB", std::string(most - 1, 'v')}}); }));
}

TEST_CASE("names of prompts and skills outside the rules are refused") {
    CHECK_NOTHROW(
        check_items("prompts", {{"a", "x"}, {"B.c-d_9", "y"}, {std::string(128, 'n'), ""}}));
    for (const char* name : {"", ".", "..", ".hidden", "-x", "a/b", "a b", "a\n", "ü"}) {
        CAPTURE(name);
        CHECK(refused([&] { check_items("prompts", {{name, "x"}}); }));
    }
    CHECK(refused([] { check_items("skills", {{std::string(129, 'n'), ""}}); }));
    CHECK(refused([] { check_items("skills", {{"twice", ""}, {"twice", ""}}); }));
    CHECK(refused([] { check_items("skills", {{"big", std::string((8 << 20) + 1, 'x')}}); }));
    CHECK(refused([] { check_items("skills", std::vector<ConfigItem>(257, {"x", ""})); }));
}

TEST_CASE("a set of prompts or skills as large as is allowed is written, and none larger") {
    constexpr std::size_t most = 256;
    constexpr std::size_t each = (8U << 20U) / most;
    std::vector<ConfigItem> items;
    for (std::size_t i = 0; i < most; ++i) {
        std::string name = std::to_string(i);
        items.push_back({name.append(128 - name.size(), 'n'), std::string(each, 'x')});
    }
    CHECK_NOTHROW(check_items("prompts", items));
    test::TempDir folder;
    const TenantFiles files(Directory::open(folder.path().string()));
    files.replace_prompts(items);
    CHECK(std::distance(fs::directory_iterator(folder / "config/prompts"), {}) == most);

    items.front().content += "x";
    CHECK(refused([&] { check_items("prompts", items); }));
    items.front().content.clear();
    items.push_back({"more", ""});
    CHECK(refused([&] { check_items("prompts", items); }));
}

TEST_CASE("a runtime gets the defaults, and a job's values before them") {
    const auto env = complete_environment({{"BRIDGE_HOST", "127.0.0.1"}, {"X", "1"}}, 9000);
    CHECK(env.at("BRIDGE_HOST") == "127.0.0.1");
    CHECK(env.at("BRIDGE_PORT") == "9000");
    CHECK(env.at("NEXUS_CLI_ENABLED") == "false");
    CHECK(env.at("NEXUS_CONFIG_DIR") == "/data/config");
    CHECK(env.at("NEXUS_DATA_DIR") == "/data/state");
    CHECK(env.at("BRIDGE_SESSION_DIR") == "/data/session");
    CHECK(env.at("X") == "1");
}

TEST_CASE("the environment is written privately, sorted, and read back as it was") {
    test::TempDir folder;
    const TenantFiles files(Directory::open(folder.path().string()));
    const Environment env{{"B", "2=two"}, {"A", ""}, {"BRIDGE_SHARED_SECRET", "hush"}};
    files.write_environment(env);
    CHECK(test::read_file(folder / "env/runtime.env") ==
          "A=\nB=2=two\nBRIDGE_SHARED_SECRET=hush\n");
    CHECK(files.read_environment() == env);
    struct stat status {};
    REQUIRE(::stat((folder / "env/runtime.env").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
    files.write_env_json(env);
    CHECK(test::read_file(folder / "config/env.json") == R"({"A":"","B":"2=two"})");
}

TEST_CASE("a damaged environment file is an error, not a part of an environment") {
    test::TempDir folder;
    const TenantFiles files(Directory::open(folder.path().string()));
    test::write_file(folder / "env/runtime.env", "A=1\nnonsense\n");
    CHECK_THROWS_AS(files.read_environment(), Failure);
}

TEST_CASE("a set of prompts or skills replaces the whole one before it") {
    test::TempDir folder;
    const TenantFiles files(Directory::open(folder.path().string()));
    files.replace_prompts({{"one", "1"}, {"two", "2"}});
    files.replace_prompts({{"three", "3"}});
    CHECK_FALSE(fs::exists(folder / "config/prompts/one.md"));
    CHECK(test::read_file(folder / "config/prompts/three.md") == "3");
    files.replace_skills({{"greet", "# Greet"}});
    CHECK(test::read_file(folder / "config/skills/greet/SKILL.md") == "# Greet");
    files.replace_prompts({});
    CHECK(fs::is_empty(folder / "config/prompts"));
}

TEST_CASE("links that a tenant plants in its folder are never followed") {
    test::TempDir folder;
    test::TempDir outside;
    test::write_file(outside / "precious", "keep");
    const TenantFiles files(Directory::open(folder.path().string()));
    fs::create_directory_symlink(outside.path(), folder / "config/prompts");
    fs::create_symlink(outside / "precious", folder / "config/env.json");
    fs::create_directory_symlink(outside.path(), folder / "config/.skills.new");
    files.replace_prompts({{"precious", "lost"}});
    files.replace_skills({{"s", "x"}});
    files.write_env_json({{"A", "1"}});
    CHECK(test::read_file(outside / "precious") == "keep");
    CHECK(std::distance(fs::directory_iterator(outside.path()), {}) == 1);
    CHECK(test::read_file(folder / "config/prompts/precious.md") == "lost");
}
