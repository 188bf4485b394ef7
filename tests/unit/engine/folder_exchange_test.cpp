#include "engine/folder_exchange.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "support/backend_error.hpp"
#include "support/temp_dir.hpp"

namespace nexus::engine {
namespace {

namespace fs = std::filesystem;

TEST_CASE("two folders are exchanged, and a second time back") {
    const test::TempDir temp;
    fs::create_directories(temp / "a/data");
    fs::create_directories(temp / "b/data");
    test::write_file(temp / "a/data/file", "of a");
    exchange_folders(temp / "a/data", temp / "b/data");
    CHECK(test::read_file(temp / "b/data/file") == "of a");
    CHECK(fs::is_empty(temp / "a/data"));
    exchange_folders(temp / "a/data", temp / "b/data");
    CHECK(test::read_file(temp / "a/data/file") == "of a");
    CHECK(fs::is_empty(temp / "b/data"));
}

TEST_CASE("folders of two file systems cannot be exchanged, and stay as they are") {
    const test::TempDir temp;
    fs::create_directories(temp / "data");
    const auto error =
        test::error_of([&] { exchange_folders(temp / "data", "/proc/self/fdinfo"); });
    CHECK(error.code() == Code::unsupported);
    CHECK(fs::is_empty(temp / "data"));
    CHECK(test::error_of([&] { exchange_folders(temp / "data", temp / "none"); }).code() ==
          Code::internal);
}

}  // namespace
}  // namespace nexus::engine
