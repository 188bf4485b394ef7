// Fills a node with tenants that run, and tells what the backend alone costs. The settings are
// those of the environment, as the runner reads them; reconcile.sh sets both the same.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "app/backend_host.hpp"
#include "bench_main.hpp"
#include "config/loader.hpp"
#include "simulated/engine.hpp"
#include "tenants/runtime_container.hpp"
#include "tenants/runtime_spec.hpp"
#include "tenants/subnet_pool.hpp"

namespace nexus::bench {
namespace {

config::Settings settings() {
    auto loaded = config::load(config::process_surroundings(STDERR_FILENO), std::nullopt);
    for (const auto& problem : loaded.problems)
        throw std::runtime_error(problem.setting + ": " + problem.message);
    return std::move(loaded.settings);
}

// As a provision job leaves it.
tenants::TenantRecord provisioned(const std::string& name, tenants::SubnetPool& subnets,
                                  const config::Settings& settings) {
    const auto tenant = config::TenantId::parse(name).value();
    auto record = tenants::new_record(tenant, settings, wall_now());
    record.generation = 1;
    record.image = settings.nexus_image->text();
    record.volumes_made = true;
    record.network = {tenants::network_name(tenant), subnets.take()};
    record.job = tenants::AppliedJob{"provision-" + name};
    record.updated_at = record.created_at;
    return record;
}

// A file by its name alone: the runner's own way to write syncs each to the disk, for nothing here.
void write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::trunc);
    file << text << std::flush;
    if (!file) throw std::runtime_error(path + " cannot be written");
}

void write_files(const tenants::TenantRecord& record, const config::Settings& settings) {
    const tenants::TenantStore store(settings.tenant_root);
    const tenants::TenantFiles files(store.folder(record.tenant_id));
    const auto env = tenants::complete_environment(
        {{"BRIDGE_SHARED_SECRET", "a secret of " + record.tenant_id.text()},
         {"NEXUS_MODEL", "a model's name"},
         {"NEXUS_API_KEY", std::string(64, 'k')}},
        settings.bridge_port);
    std::string lines;
    for (const auto& [name, value] : env)
        lines.append(name).append("=").append(value).append("\n");
    const std::string folder = store.path() + "/" + record.tenant_id.text();
    write(folder + "/tenant.json", tenants::to_json(record));
    write(folder + "/env/runtime.env", lines);
}

void run_container(const tenants::TenantRecord& record, const config::Settings& settings,
                   simulated::Engine& engine) {
    const auto spec =
        tenants::current_spec(record, tenants::TenantStore(settings.tenant_root), settings);
    const auto labels = tenants::identity(record.tenant_id, settings.node_name);
    engine.ensure_network({record.network.name, record.network.subnet, labels});
    for (const auto& mount : spec.volumes)
        engine.ensure_volume({mount.volume, labels});
    engine.ensure_container(spec);
    engine.start(spec.name);
}

// `engine_file` becomes the simulated backend's state_file.
void fill(int tenants, const std::string& engine_file) {
    const auto settings = bench::settings();
    nexus::tenants::SubnetPool subnets(settings.tenant_subnet_pool);
    simulated::Engine engine({});
    engine.ensure_image(settings.nexus_image->text());
    for (int i = 0; i < tenants; ++i) {
        const auto record = provisioned("tenant-" + std::to_string(i), subnets, settings);
        write_files(record, settings);
        run_container(record, settings, engine);
    }
    write(engine_file, codec::encode(engine.state()));
}

double cpu_ms() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    constexpr double ms = 1000;
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * ms + static_cast<double>(time.tv_usec) / ms;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

// In MiB, resident now and at most, as reconcile.sh reads it of the runner.
std::string memory() {
    std::ifstream status("/proc/self/status");
    double resident = 0;
    double most = 0;
    constexpr std::size_t name = 6;
    constexpr double kib = 1024;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) resident = std::stod(line.substr(name)) / kib;
        if (line.starts_with("VmHWM:")) most = std::stod(line.substr(name)) / kib;
    }
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f %.1f", resident, most);
    return text.data();
}

void list(int times) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::seconds patience(60);
    const auto settings = bench::settings();
    const Redactor redactor;
    Log log(STDERR_FILENO, LogLevel::warning, LogFormat::text, redactor);
    const auto begun = Clock::now();
    app::BackendHost host(settings, log);
    const auto opened = std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
    const auto before = cpu_ms();
    for (int i = 0; i < times; ++i) {
        host.backend().list({Clock::now() + patience, -1, "bench", ""},
                            {{tenants::tenant_label, ""}});
    }
    std::printf("%.0f %.0f %.1f %s\n", opened, before, (cpu_ms() - before) / times,
                memory().c_str());
}

constexpr const char* usage =
    R"(Usage: nexus-node-bench COMMAND      (settings: from the environment, as of nexus-runner)
  fill TENANTS ENGINE_FILE   fills TENANT_ROOT and the simulated backend's state_file
  list TIMES                 prints: ms to open the backend, in all and of CPU; CPU ms of one
                             listing; MiB resident and at most after TIMES of them
)";

int run(const std::vector<std::string>& words) {
    if (words.size() == 3 && words[0] == "fill") {
        fill(std::stoi(words[1]), words[2]);
    } else if (words.size() == 2 && words[0] == "list") {
        list(std::stoi(words[1]));
    } else {
        return std::fputs(usage, stderr), 64;
    }
    return 0;
}

}  // namespace
}  // namespace nexus::bench

int main(int count, char** words) {
    return nexus::bench::run_bench("nexus-node-bench", count, words, nexus::bench::run);
}
