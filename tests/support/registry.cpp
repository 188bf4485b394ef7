#include "support/registry.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <regex>
#include <stdexcept>

#include "support/unavailable.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

std::string base64(const std::string& text) {
    TempDir files;
    write_file(files / "text", text);
    auto done = run({.argv = {"base64", "-w0", files / "text"}});
    return done.out;
}

std::string listening_on(const std::string& log) {
    std::smatch found;
    const std::regex line(R"(listening on (127\.0\.0\.1:[0-9]+))");
    return std::regex_search(log, found, line) ? found.str(1) : "";
}

}  // namespace

Registry::Registry(const ContainerEngine& engine, const std::string& user,
                   const std::string& password)
    : engine_(engine), user_(user), password_(password) {
    // Port 0: which ports are free in the engine's network cannot be seen from here.
    std::string config =
        "version: 0.1\nlog: {level: info}\nstorage: {filesystem: {rootdirectory: " +
        (files_ / "data") + "}}\nhttp: {addr: '127.0.0.1:0'}\n";
    if (!user.empty()) {
        const auto line = run({.argv = {"htpasswd", "-Bbn", user, password}});
        if (line.code != 0) throw Unavailable("htpasswd", "apt-get install apache2-utils");
        write_file(files_ / "htpasswd", line.out);
        config += "auth: {htpasswd: {realm: test, path: " + (files_ / "htpasswd") + "}}\n";
    }
    write_file(files_ / "config.yml", config);
    start();
}

void Registry::start() {
    process_ = std::make_unique<Process>(
        engine_.inside_network({"docker-registry", "serve", files_ / "config.yml"}));
    holds_within(std::chrono::seconds(20), [this] {
        address_ = listening_on(log());
        return !address_.empty() || !process_->running();
    });
    if (address_.empty()) {
        throw Unavailable("docker-registry",
                          log().empty() ? "the program is not installed" : log());
    }
}

void Registry::signal(int number) {
    process_->signal(number);
    if (number != SIGSTOP) return;
    const std::string tasks = "/proc/" + std::to_string(process_->pid()) + "/task";
    wait_until(
        [&] {
            const std::filesystem::directory_iterator threads(tasks);
            return std::all_of(begin(threads), end(threads), [](const auto& thread) {
                const std::string status = read_file(thread.path() / "status");
                return status.find("State:\tT") != std::string::npos;
            });
        },
        std::chrono::seconds(20), "the registry has stopped");
}

std::string Registry::push(const std::string& image, const std::string& repository,
                           const std::string& tag) const {
    const auto name = address_ + "/" + repository;
    auto reference = name + ":" + tag;
    const auto tagged =
        engine_.curl("POST", "/images/" + image + "/tag?repo=" + name + "&tag=" + tag);
    if (tagged.status != 201) throw std::runtime_error("tag " + reference + ": " + tagged.body);
    const auto credentials = base64(user_.empty() ? "{}"
                                                  : R"({"username":")" + user_ +
                                                        R"(","password":")" + password_ + "\"}");
    const auto pushed = curl(engine_.endpoint(), "POST", "/images/" + name + "/push?tag=" + tag, {},
                             {"X-Registry-Auth: " + credentials});
    engine_.curl("DELETE", "/images/" + reference);
    // A failed push is a 200 too, with an error in its stream.
    if (pushed.status != 200 || pushed.body.find("\"error\"") != std::string::npos) {
        throw std::runtime_error("push " + reference + ": " + pushed.body);
    }
    return reference;
}

std::string Registry::auth_file(const std::string& user, const std::string& password) const {
    auto path = files_ / ("config-" + user + ".json");
    write_file(path, R"({"auths":{")" + address_ + R"(":{"auth":")" +
                         base64(user + ":" + password) + "\"}}}\n");
    return path;
}

}  // namespace nexus::test
