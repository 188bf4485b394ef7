// The network of a private engine made into that of a worker machine: a private network with the
// control machine on it, behind that the internet, and in it the address of a cloud's metadata
// service. While this object lives, its thread and what it starts are on the worker machine.
// Threads: the one that made it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/container_engine.hpp"
#include "support/network_namespace.hpp"
#include "support/process.hpp"

namespace nexus::test {

class WorkerNetwork {
  public:
    static constexpr const char* worker = "10.77.0.1";
    static constexpr const char* control = "10.77.0.2";
    static constexpr const char* internet = "198.51.100.1";
    static constexpr const char* metadata = "169.254.169.254";
    static constexpr int web_port = 80;  // HTTP on every address of the other machines

    // Throws Unavailable for an engine whose network is not ours to change.
    explicit WorkerNetwork(const ContainerEngine& engine);
    ~WorkerNetwork();

    // Where to be for what runs on the control machine.
    std::string control_network() const { return of_process(far_->pid()); }
    // The metadata service on the worker machine itself, at the same address.
    void serve_metadata_here();
    // An HTTP server on every address of the worker machine, IPv6 too: its port.
    int serve_here();
    // As root on the worker machine would run them; what they left goes with this object.
    static void run_lines(const std::vector<std::string>& lines);

  private:
    static std::string of_process(pid_t pid);
    void lay_cable() const;
    std::unique_ptr<Process> serve(const std::string& place) const;

    TempDir nothing_;               // what the servers serve
    std::unique_ptr<Process> far_;  // only holds the other machines' network
    std::unique_ptr<InNetwork> inside_;
    std::unique_ptr<Process> web_, here_;
};

}  // namespace nexus::test
