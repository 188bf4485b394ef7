#include "config/properties.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "support/temp_dir.hpp"

using namespace nexus::config;
using nexus::test::TempDir;
using nexus::test::write_file;

TEST_CASE("properties are read as they stand, references left alone") {
    const TempDir folder;
    write_file(folder / "a.properties",
               "# a comment\n! another\nconcurrency = 4\n\nbackend: simulated\nempty=\nbare\n"
               "redis_url=redis://u:${home}@h\na.b.c=1\n");
    const auto read = read_properties(folder / "a.properties");
    CHECK(read.path == folder / "a.properties");
    CHECK(read.values == std::map<std::string, std::string>{{"concurrency", "4"},
                                                            {"backend", "simulated"},
                                                            {"empty", ""},
                                                            {"bare", ""},
                                                            {"redis_url", "redis://u:${home}@h"},
                                                            {"a.b.c", "1"}});
}

TEST_CASE("an empty settings file has no properties") {
    const TempDir folder;
    write_file(folder / "empty", "");
    CHECK(read_properties(folder / "empty").values.empty());
}

TEST_CASE("a settings file that is missing, too big or no file is refused with its path") {
    const TempDir folder;
    write_file(folder / "big", std::string((1U << 20U) + 1, '#'));
    for (const char* name : {"missing", "big", ""}) {
        CAPTURE(name);
        const std::string path = folder / name;
        bool refused = false;
        try {
            read_properties(path);
        } catch (const std::runtime_error& error) {
            refused = std::string(error.what()).find(path) != std::string::npos;
        }
        CHECK(refused);
    }
}

TEST_CASE("the nearest word takes the fewest changes") {
    const std::vector<std::string> known{"redis_url", "redis_url_file", "node_name", "backend"};
    CHECK(nearest("redis_ulr", known) == "redis_url");
    CHECK(nearest("REDIS_URL_FILE", known) == "redis_url_file");
    CHECK(nearest("nodename", known) == "node_name");
    CHECK(nearest("", known) == "backend");
    CHECK_FALSE(nearest(std::string(1U << 20U, 'x'), known).empty());
}
