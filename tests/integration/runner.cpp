#include "runner.hpp"

#include <doctest/doctest.h>
#include <rapidjson/pointer.h>

#include <csignal>
#include <set>

#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

constexpr std::chrono::seconds patience(30);

json::Document parse(const std::string& text) {
    json::Document document;
    document.Parse(text.c_str());
    CAPTURE(text);
    REQUIRE_FALSE(document.HasParseError());
    return document;
}

constexpr const char* node_password = "node-secret";
constexpr const char* producer_password = "producer-secret";

// The lines of `redis-acl` with their passwords, as they stand in redis.conf.
std::vector<std::string> acl_users(const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{Runner::program(), "redis-acl", "--json"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const auto document = parse(run(Command{argv}).out);
    std::vector<std::string> users;
    const json::Document& lines = document;  // const: clang 14 finds the other iterators ambiguous
    for (const auto& user : lines.GetArray()) {
        const std::string begin = "ACL SETUSER ", blank = "REPLACE_WITH_>PASSWORD";
        std::string line = user["line"].GetString();
        const bool producer = contains(line, "nexus-producer");
        line.replace(line.find(blank), blank.size(),
                     std::string(">") + (producer ? producer_password : node_password));
        users.push_back(line.substr(begin.size()));
    }
    return users;
}

RedisOptions with_users(RedisOptions options, const std::vector<std::string>& nodes) {
    options.users = acl_users({});
    for (const auto& node : nodes)
        options.users.push_back(acl_users({"--node", node}).front());
    return options;
}

}  // namespace

GuardedRedis::GuardedRedis(RedisOptions options, const std::vector<std::string>& nodes)
    : RedisServer(with_users(std::move(options), nodes)) {}

std::string GuardedRedis::node_url(const std::string& node) const {
    return url(node.empty() ? "nexus-runner" : "nexus-runner-" + node, node_password);
}

std::string GuardedRedis::producer_url() const {
    return url("nexus-producer", producer_password);
}

std::string Runner::program() {
    return std::string(NEXUS_BINARY_DIR) + "/bin/nexus-runner";
}

Runner::Runner(const RedisServer& redis, const Environment& changes)
    : port_(std::to_string(free_port())) {
    env_ = {{"REDIS_URL", redis.url()},
            {"BACKEND", "simulated"},
            {"NODE_NAME", "n1"},
            {"NEXUS_IMAGE", "example.test/nexus:1.0.0"},
            {"TENANT_ROOT", tenant_root()},
            {"STATE_DIR", state_dir()},
            {"BACKUP_DIR", backup_dir()},
            {"LISTEN_ADDRESS", "127.0.0.1:" + port_}};
    for (const auto& [name, value] : changes)
        env_[name] = value;
}

Runner::Runner(const GuardedRedis& redis, const Environment& changes)
    : Runner(static_cast<const RedisServer&>(redis), changes) {
    if (!changes.contains("REDIS_URL")) env_["REDIS_URL"] = redis.node_url();
    producer_url_ = redis.producer_url();
}

void Runner::launch() {
    process_ = std::make_unique<Process>(Command{{program(), "serve"}, env_});
}

void Runner::start() {
    launch();
    const bool ready = holds_within(patience, [&] {
        if (!process_->running()) return true;
        try {
            return http("/readyz").status == 200;
        } catch (const std::exception&) {
            return false;
        }
    });
    CAPTURE(log());
    REQUIRE(ready);
    REQUIRE(process_->running());
}

int Runner::refusal() {
    launch();
    const auto code = process_->wait(patience);
    CAPTURE(log());
    REQUIRE(code);
    return *code;
}

void Runner::kill() {
    process_->signal(SIGKILL);
    process_->wait(patience);
}

std::string Runner::last_words() const {
    constexpr std::size_t most = 1000;
    const std::string all = log();
    if (all.size() <= most) return all;
    const auto line = all.find('\n', all.size() - most);
    return all.substr(line == std::string::npos ? all.size() - most : line + 1);
}

Finished Runner::cli(std::vector<std::string> arguments) const {
    static const std::set<std::string> of_producers{"cancel", "submit", "job", "events"};
    auto env = env_;
    if (!producer_url_.empty() && of_producers.contains(arguments.front()))
        env["REDIS_URL"] = producer_url_;
    arguments.insert(arguments.begin(), program());
    return run(Command{std::move(arguments), env});
}

json::Document Runner::job(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "submit");
    arguments.insert(arguments.end(), {"--wait", "--json", "--timeout", "60"});
    const auto finished = cli(std::move(arguments));
    CAPTURE(finished.err);
    CAPTURE(log());
    return parse(finished.out);
}

HttpReply Runner::http(const std::string& path, const std::vector<std::string>& options) const {
    std::vector<std::string> argv{"curl", "-s", "-m", "5", "-w", "\n%{http_code}"};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.push_back("http://127.0.0.1:" + port_ + path);
    const auto finished = run(Command{argv});
    const auto line = finished.out.rfind('\n');
    if (finished.code != 0 || line == std::string::npos) throw std::runtime_error("no answer");
    return {std::stoi(finished.out.substr(line + 1)), finished.out.substr(0, line)};
}

Environment on_engine(const ContainerEngine& engine) {
    return {{"BACKEND", engine.kind()},
            {"BACKEND_ENDPOINT", engine.endpoint()},
            {"NEXUS_IMAGE", engine.image()},
            {"STOP_TIMEOUT", "2s"}};
}

std::string at(const json::Document& document, const char* pointer) {
    const auto* value = rapidjson::Pointer(pointer).Get(document);
    if (value == nullptr) return "(none)";
    return value->IsString() ? value->GetString() : json::to_text(*value);
}

std::string plain(const std::string& action, const std::string& id, const std::string& tenant,
                  const std::string& prefix) {
    return R"({"v":1,"id":")" + id + R"(","action":")" + action + R"(","tenant_id":")" + tenant +
           R"(","payload":{},"reply_to":")" + prefix + ":reply:" + id + R"("})";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

json::Document raw_job(const RedisServer& redis, const std::string& id, const std::string& text,
                       const std::string& prefix) {
    redis.cli({"XADD", prefix + ":jobs", "*", "job", text});
    const auto reply = redis.cli({"BLPOP", prefix + ":reply:" + id, "30"});
    const auto line = reply.find('\n');
    REQUIRE(line != std::string::npos);
    return parse(reply.substr(line + 1));
}

}  // namespace nexus::test
