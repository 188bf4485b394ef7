#include "workload.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include "base/json.hpp"
#include "random.hpp"

namespace nexus::faults {
namespace {

// What a tenant is expected to be once its jobs so far are done.
enum class Life { absent, stopped, running };

struct Chance {
    const char* action;
    unsigned percent;
};

using Chances = std::array<Chance, 10>;

// Jobs for tenants that are not there are among them: these fail, and keep their place as well.
constexpr std::array<Chances, 3> chances{
    Chances{{{"provision", 82},
             {"start", 4},
             {"stop", 3},
             {"restart", 2},
             {"pair_start", 2},
             {"whatsapp_disconnect", 1},
             {"apply_config", 1},
             {"health", 1},
             {"backup", 1},
             {"delete", 3}}},
    Chances{{{"provision", 15},
             {"start", 28},
             {"stop", 8},
             {"restart", 12},
             {"pair_start", 7},
             {"whatsapp_disconnect", 5},
             {"apply_config", 8},
             {"health", 5},
             {"backup", 3},
             {"delete", 9}}},
    Chances{{{"provision", 15},
             {"start", 8},
             {"stop", 20},
             {"restart", 17},
             {"pair_start", 8},
             {"whatsapp_disconnect", 6},
             {"apply_config", 9},
             {"health", 6},
             {"backup", 2},
             {"delete", 9}}},
};

const char* choose(Life life, Random& random) {
    auto left = random.below(100);
    const auto& table = chances[static_cast<std::size_t>(life)];
    for (const auto& [action, percent] : table) {
        if (left < percent) return action;
        left -= percent;
    }
    return table.front().action;
}

Life after(Life life, std::string_view action) {
    if (action == "provision") return Life::running;
    if (action == "delete") return Life::absent;
    const bool stays = action == "health" || action == "apply_config" || action == "backup";
    if (life == Life::absent || stays) return life;
    return action == "stop" ? Life::stopped : Life::running;
}

std::string numbered(const char* format, std::size_t number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), format, number);
    return text.data();
}

std::string text_of(const PlannedJob& job, int max_attempts, Random& random) {
    json::Writer writer;
    writer.begin_object()
        .member("v", 1)
        .member("id", job.id)
        .member("action", job.action)
        .member("tenant_id", job.tenant)
        .member("max_attempts", max_attempts)
        .begin_object("payload");
    if (job.action == "provision") {
        // One of a few, so that a tenant that is there keeps its container or gets a new one.
        const std::string image = numbered("example.test/nexus:1.0.%zu", random.below(2));
        const std::string revision = std::to_string(random.below(2));
        writer.member("nexus_image", image);
        writer.begin_object("runtime_env").member("REVISION", revision).end_object();
    } else if (job.action == "apply_config") {
        const std::string revision = std::to_string(random.below(3));
        writer.member("config_revision", revision);
        writer.begin_object("env").member("REVISION", revision).end_object();
    }
    return writer.end_object().end_object().text();
}

}  // namespace

std::vector<PlannedJob> plan(const Load& load) {
    Random random(load.seed);
    std::vector<Life> lives(load.tenants, Life::absent);
    std::vector<PlannedJob> jobs;
    for (std::size_t i = 0; i < load.jobs; ++i) {
        const auto tenant = random.below(load.tenants);
        const std::string action = choose(lives[tenant], random);
        lives[tenant] = after(lives[tenant], action);
        PlannedJob job{numbered("job-%06zu", i), numbered("tenant-%04zu", tenant), action, ""};
        job.text = text_of(job, load.max_attempts, random);
        jobs.push_back(std::move(job));
        if (random.percent(load.repeated_percent)) jobs.push_back(jobs[random.below(jobs.size())]);
    }
    return jobs;
}

}  // namespace nexus::faults
