#include "integration/worker_network.hpp"

#include <unistd.h>

#include <filesystem>

#include "support/redis_server.hpp"
#include "support/unavailable.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

void shell(const std::string& script) {
    const auto done = run({.argv = {"sh", "-euc", script}});
    if (done.code != 0) throw std::runtime_error(script + ": " + done.out + done.err);
}

std::string address(const char* host) {
    return std::string(host) + "/32";
}

}  // namespace

WorkerNetwork::WorkerNetwork(const ContainerEngine& engine) {
    if (engine.network_path().empty()) {
        throw Unavailable("network of the engine",
                          "it is not one of deploy/private-engine.sh, and nobody else's firewall "
                          "is changed for a test");
    }
    far_ = std::make_unique<Process>(Command{{"unshare", "--net", "sleep", "100000"}});
    const auto ours = std::filesystem::read_symlink("/proc/self/ns/net");
    wait_until([&] { return std::filesystem::read_symlink(control_network()) != ours; },
               std::chrono::seconds(20), "the other machines have a network of their own");
    inside_ = std::make_unique<InNetwork>(engine.network_path());
    lay_cable();
    const InNetwork there(control_network());
    web_ = serve("0.0.0.0:" + std::to_string(web_port));
}

WorkerNetwork::~WorkerNetwork() {
    run({.argv = {"sh", "-c",
                  "for six in '' 6; do ip${six}tables -t mangle -F; "
                  "ip${six}tables -t mangle -X NEXUS-TENANTS; done;"
                  "ip link del uplink; ip addr del " +
                      address(metadata) + " dev lo"}});
}

std::string WorkerNetwork::of_process(pid_t pid) {
    return "/proc/" + std::to_string(pid) + "/ns/net";
}

void WorkerNetwork::lay_cable() const {
    shell("ip link add uplink type veth peer name uplink netns " + std::to_string(far_->pid()) +
          "; ip addr add " + worker + "/24 dev uplink; ip link set uplink up");
    {
        const InNetwork there(control_network());
        shell(std::string("ip addr add ") + control + "/24 dev uplink; ip link set uplink up;" +
              "ip link set lo up; ip addr add " + address(internet) + " dev lo; ip addr add " +
              address(metadata) + " dev lo");
    }
    shell(std::string("ip route add default via ") + control);
}

std::unique_ptr<Process> WorkerNetwork::serve(const std::string& place) const {
    auto server = std::make_unique<Process>(
        Command{{"busybox", "httpd", "-f", "-p", place, "-h", nothing_.path().string()}});
    wait_until(
        [&] {
            return run({.argv = {"curl", "-s", "-m", "5", "http://" + place + "/"}}).code == 0;
        },
        std::chrono::seconds(20), "the server at " + place + " answers");
    return server;
}

void WorkerNetwork::serve_metadata_here() {
    shell("ip addr add " + address(metadata) + " dev lo");
}

int WorkerNetwork::serve_here() {
    const int port = free_port();
    here_ = serve("[::]:" + std::to_string(port));
    return port;
}

void WorkerNetwork::run_lines(const std::vector<std::string>& lines) {
    for (const auto& line : lines)
        shell(line);
}

}  // namespace nexus::test
