#include "integration/tenant_node.hpp"

#include <doctest/doctest.h>

namespace nexus::test {

std::string inside(const ContainerEngine& engine, const std::string& tenant,
                   const std::string& script) {
    // Podman 4.3 now and then loses what a command printed that ended at once.
    constexpr int tries = 5;
    const std::string mark = "that was all";
    for (int i = 0; i < tries; ++i) {
        auto text =
            engine.exec(runtime_of(tenant), {"sh", "-c", script + "\necho; echo " + mark}).out;
        const auto end = text.rfind(mark);
        if (end == std::string::npos) continue;
        text.erase(end);
        while (!text.empty() && text.back() == '\n')
            text.pop_back();
        return text;
    }
    FAIL("nothing was printed in " << runtime_of(tenant));
    return {};
}

Finished as_operator(const ContainerEngine& engine, const std::string& line) {
    return run(
        {.argv = {"sh", "-c", line},
         .env = {{"DOCKER_HOST", engine.endpoint()}, {"CONTAINER_HOST", engine.endpoint()}}});
}

json::Document parsed(const std::string& text) {
    json::Document document;
    document.Parse(text.c_str());
    CAPTURE(text);
    REQUIRE_FALSE(document.HasParseError());
    return document;
}

json::Document TenantNode::provision(const std::string& tenant, const std::string& payload) const {
    const TempDir folder;
    write_file(folder / "payload", payload);
    return runner.job({"provision", tenant, "--payload", folder / "payload"});
}

}  // namespace nexus::test
