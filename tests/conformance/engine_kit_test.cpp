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

TEST_CASE("volumes that cannot be seen pass every check of copies, but are not exchanged") {
    const auto& engine = ContainerEngine::under_test();
    const std::string image =
        engine.image("nexus-check:1.0.0", {R"(CMD ["sh","-c","eval \"$NEXUS_CHECK\""])"});
    std::vector<std::string> line{NEXUS_BINARY_DIR "/bin/nexus-runner",
                                  "plugins",
                                  "check",
                                  NEXUS_BINARY_DIR "/lib/nexus/plugins/" + engine.kind() + ".so",
                                  "--endpoint",
                                  engine.endpoint(),
                                  "--image",
                                  image,
                                  "--config",
                                  R"({"volume_access":"archive"})"};
    for (const char* check :
         {"export-empty", "export-in-use", "copy-identical", "export-repeatable", "export-way",
          "import-used", "import-conflict", "copy-missing", "import-malformed", "import-dangerous",
          "swap", "swap-in-use", "volume-missing", "volume-in-use"}) {
        line.emplace_back("--only");
        line.emplace_back(check);
    }
    const auto done = run({.argv = line}, std::chrono::minutes(4));
    CHECK_MESSAGE(done.code == 0, done.out, done.err);
    CHECK(done.out.find(" 0 failed, 2 do not apply") != std::string::npos);
    MESSAGE(done.out);
}

}  // namespace
}  // namespace nexus::test
