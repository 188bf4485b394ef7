#include "support/redis_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <csignal>
#include <nexus/unique_fd.hpp>
#include <stdexcept>
#include <utility>

#include "support/unavailable.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {

std::uint16_t free_port() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(fd.get(), generic, size) != 0 || ::getsockname(fd.get(), generic, &size) != 0) {
        throw std::runtime_error("no free port on 127.0.0.1");
    }
    return ntohs(address.sin_port);
}

RedisServer::RedisServer(RedisOptions options) : options_(std::move(options)) {
    if (options_.tls) certificates_.emplace(options_.server_names);
    // Somebody else may take the free port first.
    for (int attempt = 0; attempt < 3; ++attempt) {
        if (!options_.unix_socket) port_ = free_port();
        write_config();
        if (try_start()) return;
    }
    throw Unavailable("redis-server", log().empty() ? "the program is not installed" : log());
}

void RedisServer::write_config() const {
    const auto port = std::to_string(port_);
    std::string text = "bind 127.0.0.1\nsave \"\"\nmaxmemory-policy noeviction\ndir " +
                       files_.path().string() + "\n";
    text += options_.tls ? "port 0\ntls-port " + port + "\n" : "port " + port + "\n";
    if (options_.unix_socket) text += "unixsocket " + socket() + "\n";
    if (options_.tls) {
        text += "tls-ca-cert-file " + certificates_->ca() + "\ntls-cert-file " +
                certificates_->server_cert() + "\ntls-key-file " + certificates_->server_key() +
                "\ntls-auth-clients " + (options_.client_certificate ? "yes" : "optional") + "\n";
    }
    if (options_.appendonly) text += "appendonly yes\nappendfsync always\n";
    if (!options_.password.empty()) text += "requirepass \"" + options_.password + "\"\n";
    for (const auto& user : options_.users)
        text += "user " + user + "\n";
    for (const auto& line : options_.config)
        text += line + "\n";
    write_file(files_ / "redis.conf", text);
}

bool RedisServer::try_start() {
    Command command{.argv = {"redis-server", files_ / "redis.conf"}};
    if (options_.sentinel) command.argv.emplace_back("--sentinel");
    process_ = std::make_unique<Process>(command);
    const bool up = holds_within(std::chrono::seconds(20),
                                 [this] { return !process_->running() || answers(); });
    return up && process_->running();
}

// A server that loads its data still, or one that wants another password, has started all the same.
bool RedisServer::answers() const {
    const auto reply = run(cli_command({"PING"}));
    return reply.out.find("PONG") != std::string::npos ||
           reply.out.find("NOAUTH") != std::string::npos ||
           reply.out.find("NOPERM") != std::string::npos;
}

void RedisServer::stop() {
    process_->stop();
}

void RedisServer::kill() {
    process_->signal(SIGKILL);
    process_->wait(std::chrono::seconds(20));
}

void RedisServer::start() {
    if (!try_start()) throw std::runtime_error("redis-server did not start again: " + log());
}

void RedisServer::restart() {
    stop();
    start();
}

std::string RedisServer::url(const std::string& user, const std::string& password) const {
    const auto& secret = password.empty() ? options_.password : password;
    std::string who;
    if (!secret.empty()) who = (user.empty() ? "default" : user) + ":" + secret + "@";
    if (options_.unix_socket) return "unix://" + who + socket();
    return (options_.tls ? "rediss://" : "redis://") + who + "127.0.0.1:" + std::to_string(port_) +
           "/0";
}

Command RedisServer::cli_command(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{"redis-cli"};
    if (options_.unix_socket) {
        argv.insert(argv.end(), {"-s", socket()});
    } else {
        argv.insert(argv.end(), {"-h", "127.0.0.1", "-p", std::to_string(port_)});
    }
    if (options_.tls) {
        argv.insert(argv.end(),
                    {"--tls", "--cacert", certificates_->ca(), "--cert",
                     certificates_->client_cert(), "--key", certificates_->client_key()});
    }
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    Command command{.argv = argv};
    if (!options_.password.empty()) command.env["REDISCLI_AUTH"] = options_.password;
    return command;
}

std::string RedisServer::cli(const std::vector<std::string>& arguments) const {
    auto done = run(cli_command(arguments));
    if (done.code != 0) throw std::runtime_error("redis-cli: " + done.out + done.err);
    while (!done.out.empty() && done.out.back() == '\n')
        done.out.pop_back();
    return done.out;
}

}  // namespace nexus::test
