// The plugins of real engines under the conformance kit.
#include <doctest/doctest.h>

#include "support/container_engine.hpp"
#include "support/process.hpp"

namespace nexus::test {
namespace {

TEST_CASE("the engine's plugin passes every check") {
    const auto& engine = ContainerEngine::under_test();
    const std::string image =
        engine.image("nexus-check:1.0.0", {R"(CMD ["sh","-c","eval \"$NEXUS_CHECK\""])"});
    const auto done = run({.argv = {NEXUS_BINARY_DIR "/bin/nexus-runner", "plugins", "check",
                                    NEXUS_BINARY_DIR "/lib/nexus/plugins/" + engine.kind() + ".so",
                                    "--endpoint", engine.endpoint(), "--image", image}},
                          std::chrono::minutes(8));
    CHECK_MESSAGE(done.code == 0, done.out, done.err);
    CHECK(done.out.find(" 0 failed, 0 do not apply") != std::string::npos);
    // Shown with the test's own verdict, for whoever wants the table.
    MESSAGE(done.out);
}

}  // namespace
}  // namespace nexus::test
