#include "podman/pull.hpp"

#include <doctest/doctest.h>

#include <nexus/codec.hpp>

namespace nexus::podman {
namespace {

TEST_CASE("a pull counts its blobs once each and ends with the image's id") {
    PullProgress progress;
    progress.line(R"({"stream":"Trying to pull 127.0.0.1:5000/app:1...\n"})");
    progress.line(R"({"stream":"Getting image source signatures\n"})");
    progress.line(R"({"stream":"Copying blob sha256:aa\n"})");
    CHECK(progress.summary() == "1 blob");
    progress.line(R"({"stream":"Copying blob sha256:aa done\n"})");
    progress.line(R"({"stream":"Copying blob sha256:bb skipped: already exists\n"})");
    CHECK(progress.summary() == "2 blobs");
    CHECK_FALSE(progress.succeeded());
    progress.line(R"({"images":["1"],"id":"1"})");
    CHECK(progress.succeeded());
    CHECK_FALSE(progress.error());
}

TEST_CASE("an error counts whatever comes after it") {
    PullProgress progress;
    progress.line(R"({"error":"manifest unknown"})");
    progress.line(R"({"error":"a later one"})");
    progress.line(R"({"images":["1"],"id":"1"})");
    CHECK_FALSE(progress.succeeded());
    CHECK(progress.error() == "manifest unknown");
    PullProgress silent;
    silent.line(R"({"error":""})");
    CHECK(silent.error() == "the engine gave no reason");
}

TEST_CASE("a line of another shape is refused, and one with no end of blobs is bounded") {
    PullProgress progress;
    for (const char* line :
         {"", "nonsense", "[]", "7", R"({"stream":7})", R"({"id":{}})", R"({"error":{}})"}) {
        CAPTURE(line);
        CHECK_THROWS_AS(progress.line(line), codec::Malformed);
    }
    for (int i = 0; i < 3000; ++i)
        progress.line(R"({"stream":"Copying blob )" + std::to_string(i) + "\"}");
    CHECK(progress.summary() == "1024 blobs");
}

}  // namespace
}  // namespace nexus::podman
