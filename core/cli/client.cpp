#include "cli/client.hpp"

#include <unistd.h>

#include <cstdio>

#include "app/redis_endpoint.hpp"
#include "app/start_failure.hpp"
#include "base/json.hpp"

namespace nexus::cli {
namespace {

bool concerns_redis(const config::Problem& problem) {
    return problem.setting.empty() || problem.setting.rfind("REDIS_", 0) == 0 ||
           problem.setting == "QUEUE_PREFIX" || problem.setting == "ALLOW_UNAUTHENTICATED_REDIS";
}

config::Settings redis_settings(const CommandLine& line) {
    const auto loaded = load_settings(line);
    refuse_problems(loaded, &concerns_redis);
    return loaded.settings;
}

std::string shown(const json::Value& value) {
    if (value.IsNull()) return "-";
    if (value.IsString()) return {value.GetString(), value.GetStringLength()};
    return json::to_text(value);
}

}  // namespace

config::Loaded load_settings(const CommandLine& line) {
    return config::load(config::process_surroundings(STDERR_FILENO), line.named_file());
}

void refuse_problems(const config::Loaded& loaded, bool (*concerns)(const config::Problem&)) {
    for (const auto& problem : loaded.problems) {
        if (concerns(problem))
            throw app::StartFailure(app::exit_config, problem.setting + ": " + problem.message);
    }
}

Client::Client(const CommandLine& line) : Client(redis_settings(line)) {}

Client::Client(const config::Settings& settings)
    : keys_(settings.queue_prefix, ""),
      ledger_ttl_(std::chrono::duration_cast<std::chrono::seconds>(settings.ledger_ttl)),
      connection_(app::redis_endpoint(settings)) {}

int with_redis(const CommandLine& line, const std::function<int(Client&)>& use) {
    try {
        Client client(line);
        return use(client);
    } catch (const redis::Error& error) {
        const bool refused = error.kind() == redis::ErrorKind::refused;
        throw app::StartFailure(refused ? app::exit_config : app::exit_unreachable, error.what());
    }
}

void print_line(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
}

void print_object(const std::string& text, bool as_json) {
    json::Document document;
    document.Parse(text.c_str());
    if (as_json || document.HasParseError() || !document.IsObject()) {
        print_line(text);
        return;
    }
    constexpr int widest_name = 14;
    const json::Document& object = document;  // const: clang 14 finds the other iterators ambiguous
    for (const auto& member : object.GetObject()) {
        std::printf("%-*s %s\n", widest_name, member.name.GetString(), shown(member.value).c_str());
    }
    std::fflush(stdout);
}

}  // namespace nexus::cli
