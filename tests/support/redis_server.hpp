// A private redis-server on the loopback address or on a unix socket, gone with this object.
// Threads: one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/certificates.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace nexus::test {

// A TCP port of 127.0.0.1 that nobody listens on at this moment.
std::uint16_t free_port();

struct RedisOptions {
    std::string password = {};             // of the user `default`; empty: none
    std::vector<std::string> users = {};   // ACL lines, such as "bob on >secret ~* &* +@all"
    bool unix_socket = false;              // instead of TCP
    bool tls = false;                      // instead of plain TCP
    bool client_certificate = false;       // with `tls`: refuses clients without one
    bool appendonly = false;               // the data outlives stop() and restart()
    bool sentinel = false;                 // a Sentinel; see sentinel.hpp
    std::vector<std::string> config = {};  // further lines of redis.conf
    std::string server_names = "DNS:localhost,IP:127.0.0.1";  // of the TLS certificate
};

class RedisServer {
  public:
    // Starts it and waits until it answers; throws Unavailable where that cannot be.
    explicit RedisServer(RedisOptions options = {});

    // With user and password in it, database 0. Empty `user` and `password`: the server's own.
    std::string url(const std::string& user = {}, const std::string& password = {}) const;
    std::uint16_t port() const noexcept { return port_; }
    std::string socket() const { return files_ / "redis.sock"; }
    const Certificates& certificates() const { return *certificates_; }  // only with `tls`

    // start() keeps port, files with what a Sentinel wrote into them and, with `appendonly`, the
    // data.
    void stop();
    void kill();  // SIGKILL
    void start();
    void restart();
    bool running() const { return process_->running(); }
    // SIGSTOP makes a server that accepts and never answers; SIGCONT ends that.
    void signal(int number) { process_->signal(number); }

    // What redis-cli prints, without the last newline; throws std::runtime_error where it fails.
    std::string cli(const std::vector<std::string>& arguments) const;
    // The same command line for a test that runs it itself, such as a long PSUBSCRIBE.
    Command cli_command(const std::vector<std::string>& arguments) const;
    std::string log() const { return process_ ? process_->output() : ""; }

  private:
    void write_config() const;
    bool try_start();
    bool answers() const;

    RedisOptions options_;
    TempDir files_;
    std::optional<Certificates> certificates_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> process_;
};

}  // namespace nexus::test
