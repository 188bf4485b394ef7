// The simulated engine as a daemon and a command line beside it share it.
#include <doctest/doctest.h>

#include <thread>

#include "plugins.hpp"
#include "support/temp_dir.hpp"

namespace nexus {
namespace {

using test::Heard;
using test::soon;

TEST_CASE("two processes with one state_file share a simulated engine") {
    const test::TempDir folder;
    const std::string config = R"({"state_file":")" + (folder / "state") + "\"}";
    Heard heard;
    const auto one = test::simulated(config, heard);
    const auto other = test::simulated(config, heard);
    ContainerSpec spec;
    spec.name = "tenant_acme_runtime";
    spec.image = "runtime:1";
    spec.network = "net";
    one->ensure_image(soon(), {spec.image, {}});
    other->ensure_network(soon(), {spec.network, "", {}});
    one->ensure_container(soon(), spec);
    other->start(soon(), spec.name);
    for (int round = 0; round < 20; ++round) {
        other->pause(soon(), spec.name);
        CHECK(one->inspect(soon(), spec.name)->phase == Phase::paused);
        one->unpause(soon(), spec.name);
        CHECK(other->inspect(soon(), spec.name)->phase == Phase::running);
    }
    std::thread beside([&] {
        for (int i = 0; i < 50; ++i)
            one->ensure_volume(soon(), {"one" + std::to_string(i), {}});
    });
    for (int i = 0; i < 50; ++i)
        other->ensure_volume(soon(), {"other" + std::to_string(i), {}});
    beside.join();
    for (int i = 0; i < 50; ++i) {
        CHECK(other->inspect_volume(soon(), "one" + std::to_string(i)));
        CHECK(one->inspect_volume(soon(), "other" + std::to_string(i)));
    }
}

}  // namespace
}  // namespace nexus
