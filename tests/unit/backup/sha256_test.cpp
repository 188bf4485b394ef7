#include "backup/sha256.hpp"

#include <doctest/doctest.h>

namespace nexus::backup {
namespace {

TEST_CASE("a SHA-256 is that of the standard, however the bytes come") {
    Sha256 sha256;
    sha256.update("a");
    sha256.update("");
    sha256.update("bc");
    CHECK(sha256.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256.finish() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256.update("abc");
    CHECK(sha256.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace nexus::backup
