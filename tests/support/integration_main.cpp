// The main of every integration binary. What the binary needs is started before the first test, so
// that a machine without it shows one clear skip instead of failures, or half of the tests.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

#include "support/container_engine.hpp"
#include "support/process.hpp"
#include "support/redis_server.hpp"
#include "support/registry.hpp"
#include "support/unavailable.hpp"

namespace {

constexpr int skipped = 77;  // SKIP_RETURN_CODE in tests/integration/CMakeLists.txt

void start(std::string_view need) {
    using namespace nexus::test;
    if (need == "redis") {
        RedisServer();
    } else if (need == "redis_tls") {
        RedisServer({.tls = true});
    } else if (need == "engine") {
        ContainerEngine::under_test();
    } else if (need == "docker" || need == "podman") {
        ContainerEngine::get(std::string(need));
    } else if (need == "registry") {
        Registry(ContainerEngine::under_test(), "user", "password");
    } else if (need == "restic") {
        const auto found = run({{"restic", "version"}});
        if (found.code != 0) throw Unavailable("restic", "apt-get install restic; " + found.err);
    } else {
        throw std::logic_error("NEEDS does not know " + std::string(need));
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::istringstream needs(NEXUS_TEST_NEEDS);
    for (std::string need; needs >> need;) {
        try {
            start(need);
        } catch (const nexus::test::Unavailable& error) {
            const char* required = std::getenv("NEXUS_REQUIRE_ENGINES");
            const bool must = required != nullptr && std::string_view(required) == "1";
            std::cout << (must ? "FAILED: " : "SKIPPED: ") << error.what() << std::endl;
            return must ? 1 : skipped;
        }
    }
    return doctest::Context(argc, argv).run();
}
