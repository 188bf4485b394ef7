#include "backend/plugin_callbacks.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <nexus/unique_fd.hpp>

#include "support/temp_dir.hpp"

namespace nexus {
namespace {

struct Written {
    test::TempDir folder;
    std::string path = folder / "log";
    UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    Redactor redactor;
    Log log{file.get(), LogLevel::information, LogFormat::json, redactor};
    std::string text() const { return test::read_file(path); }
};

TEST_CASE("a plugin's lines carry its name, and no secret") {
    Written written;
    written.redactor.add("hunter22");
    PluginCallbacks callbacks(written.log, "docker", [](const Event&) {});
    callbacks.log(NEXUS_LOG_WARNING, "pull with hunter22 failed");
    callbacks.log(NEXUS_LOG_DEBUG, "below the level");
    const std::string text = written.text();
    CHECK(text.find(R"("message":"pull with *** failed","backend":"docker")") != std::string::npos);
    CHECK(text.find(R"("level":"warning")") != std::string::npos);
    CHECK(text.find("below") == std::string::npos);
}

TEST_CASE("a plugin's line is cut at 4096 bytes and never inside a character") {
    Written written;
    PluginCallbacks callbacks(written.log, "docker", [](const Event&) {});
    callbacks.log(NEXUS_LOG_ERROR, std::string(4095, 'a') + "\xC3\xA9" + std::string(100, 'b'));
    const std::string text = written.text();
    CHECK(text.find(std::string(4095, 'a') + "\",") != std::string::npos);
}

TEST_CASE("events go to their listener, and what it throws goes no further") {
    Written written;
    std::vector<std::string> seen;
    PluginCallbacks callbacks(written.log, "docker", [&](const Event& event) {
        seen.push_back(event.action);
        if (event.action == "oom") throw std::runtime_error("listener is full");
    });
    callbacks.event({"c", "acme", "exited", 1});
    callbacks.event({"c", "acme", "oom", 137});
    CHECK(seen == std::vector<std::string>{"exited", "oom"});
    CHECK(written.text().find("listener is full") != std::string::npos);
}

}  // namespace
}  // namespace nexus
