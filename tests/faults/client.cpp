#include "client.hpp"

#include <thread>

#include "base/json.hpp"

namespace nexus::faults {
namespace {

using redis::Command;
using redis::ErrorKind;
using std::chrono::steady_clock;

constexpr const char* intake = "nexus:jobs";
constexpr const char* results_stream = "nexus:results";

std::string field(const redis::Reply& entry, std::string_view name) {
    const auto& fields = entry.array().at(1).array();
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
        if (fields[i].text() == name) return fields[i + 1].text();
    }
    return "";
}

void require_replicas(redis::Connection& connection, int replicas) {
    constexpr int patience_ms = 2000;
    if (connection.call(Command("WAIT", replicas, patience_ms)).integer() >= replicas) return;
    throw redis::Error(ErrorKind::moved, "the replicas do not have it");
}

}  // namespace

redis::Endpoint local(std::uint16_t port) {
    redis::Endpoint endpoint;
    endpoint.host = "127.0.0.1";
    endpoint.port = port;
    return endpoint;
}

void Client::follow(std::function<redis::Endpoint()> where, int replicas) {
    where_ = std::move(where);
    replicas_ = replicas;
    connection_.reset();
}

void Client::read_again() {
    results_.clear();
    answered_.clear();
    last_result_ = "0-0";
}

template <typename Use>
auto Client::with(Use use) {
    constexpr std::chrono::minutes patience(1);
    constexpr std::chrono::milliseconds between_tries(20);
    for (const auto end = steady_clock::now() + patience;;) {
        try {
            if (!connection_ || !connection_->is_open()) connection_.emplace(where_());
            return use(*connection_);
        } catch (const redis::Error& error) {
            const bool away =
                error.kind() != ErrorKind::command && error.kind() != ErrorKind::refused;
            if (!away || steady_clock::now() >= end) throw;
            connection_.reset();
            std::this_thread::sleep_for(between_tries);
        }
    }
}

redis::Reply Client::call(const Command& command) {
    return with([&](redis::Connection& connection) { return connection.call(command); });
}

void Client::add(std::span<const PlannedJob> jobs) {
    constexpr std::size_t at_once = 500;
    for (; !jobs.empty(); jobs = jobs.subspan(std::min(at_once, jobs.size()))) {
        std::vector<Command> commands;
        for (const auto& job : jobs.first(std::min(at_once, jobs.size())))
            commands.emplace_back("XADD", intake, "*", "job", job.text);
        with([&](redis::Connection& connection) {
            for (const auto& reply : connection.pipeline(commands))
                reply.throw_if_error();
            if (replicas_ > 0) require_replicas(connection, replicas_);
        });
    }
}

const std::vector<Result>& Client::results() {
    while (true) {
        const auto entries =
            call(Command("XRANGE", results_stream, "(" + last_result_, "+", "COUNT", 1000));
        if (entries.array().empty()) return results_;
        take_results(entries);
    }
}

void Client::take_results(const redis::Reply& entries) {
    for (const auto& entry : entries.array()) {
        last_result_ = entry.array().at(0).text();
        results_.push_back(read_result(field(entry, "result")));
        answered_.insert(results_.back().job);
    }
}

std::size_t Client::backlog(const std::string& node) {
    return with([&](redis::Connection& connection) {
        const std::vector<Command> commands{Command("MULTI"), Command("XLEN", intake),
                                            Command("XLEN", "nexus:node:" + node + ":jobs"),
                                            Command("HLEN", "nexus:node:" + node + ":gone"),
                                            Command("EXEC")};
        const auto replies = connection.pipeline(commands);
        std::int64_t all = 0;
        for (const auto& length : replies.back().array())
            all += length.integer();
        return static_cast<std::size_t>(all);
    });
}

std::set<std::string> Client::placed() {
    std::set<std::string> tenants;
    const auto reply = call(Command("HKEYS", "nexus:tenants"));
    for (const auto& tenant : reply.array())
        tenants.insert(tenant.text());
    return tenants;
}

std::set<std::string> Client::flush() {
    results();
    return with([&](redis::Connection& connection) {
        const std::vector<Command> commands{
            Command("MULTI"), Command("XRANGE", intake, "-", "+"),
            Command("XRANGE", results_stream, "(" + last_result_, "+"), Command("FLUSHALL"),
            Command("EXEC")};
        const auto replies = connection.pipeline(commands);
        const auto& answers = replies.back().array();
        take_results(answers.at(1));
        std::set<std::string> waiting;
        for (const auto& entry : answers.at(0).array()) {
            const auto job = json::parse(field(entry, "job"), json::own_files);
            waiting.insert(json::Reader(job).string("id"));
        }
        return waiting;
    });
}

}  // namespace nexus::faults
