// volume export|import: a tenant's data through the backend, to move it to another engine or away.
#include <unistd.h>

#include <cstdio>

#include "app/start_failure.hpp"
#include "cli/command.hpp"
#include "cli/printable.hpp"
#include "cli/tenant_argument.hpp"
#include "cli/with_backend.hpp"
#include "tenants/runtime_spec.hpp"

namespace nexus::cli {
namespace {

struct Asked {
    std::string tenant;
    std::string part;
};

std::string volume_of(const config::TenantId& tenant, const std::string& part) {
    return part == "session" ? tenants::session_volume(tenant) : tenants::state_volume(tenant);
}

void require_no_terminal(int fd, const char* how) {
    if (::isatty(fd) == 1) throw app::StartFailure(app::exit_usage, how);
}

// To stderr: stdout may be the archive.
void report(const char* verb, const std::string& volume, const VolumeCopy& copy) {
    std::string losses;
    for (const auto& loss : copy.losses)
        losses += "; " + loss;
    std::fprintf(stderr, "%s %s: %lld entries, %lld bytes of files%s\n", verb, volume.c_str(),
                 static_cast<long long>(copy.entries), static_cast<long long>(copy.bytes),
                 losses.empty() ? "" : (" (not kept" + losses + ")").c_str());
    for (const auto& path : copy.changed)
        std::fprintf(stderr, "changed while it was read: %s\n", printable(path).c_str());
}

// As long as it takes: whoever waits can end it.
CallContext without_hurry(const config::TenantId& tenant) {
    constexpr std::chrono::hours far(24 * 365);
    return {std::chrono::steady_clock::now() + far, -1, "volume", tenant.text()};
}

int export_volume(const CommandLine& line, const Asked& asked) {
    const auto tenant = tenant_argument("TENANT", asked.tenant);
    const std::string volume = volume_of(tenant, asked.part);
    require_no_terminal(STDOUT_FILENO,
                        "the archive goes to stdout: redirect it to a file or a pipe");
    return with_backend(line, [&](Backend& backend, const config::Settings& /*settings*/) {
        report("exported", volume,
               backend.export_volume(without_hurry(tenant), volume, STDOUT_FILENO));
    });
}

int import_volume(const CommandLine& line, const Asked& asked) {
    const auto tenant = tenant_argument("TENANT", asked.tenant);
    const std::string volume = volume_of(tenant, asked.part);
    require_no_terminal(STDIN_FILENO,
                        "the archive comes from stdin: redirect a file or a pipe to it");
    return with_backend(line, [&](Backend& backend, const config::Settings& settings) {
        backend.ensure_volume(without_hurry(tenant),
                              {volume, tenants::identity(tenant, settings.node_name)});
        report("imported", volume,
               backend.import_volume(without_hurry(tenant), volume, STDIN_FILENO));
    });
}

void add_direction(Command volume, CommandLine& line, const char* name, const char* about,
                   int (*run)(const CommandLine&, const Asked&)) {
    const auto command = volume.add_subcommand(name, about);
    auto asked = std::make_shared<Asked>();
    command.add_option("TENANT", asked->tenant, "The tenant's id").required();
    command.add_option("PART", asked->part, "session or state")
        .required()
        .one_of({"session", "state"});
    command.callback(
        [&line, asked, run] { line.run = [&line, asked, run] { return run(line, *asked); }; });
}

}  // namespace

void add_volume(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "volume", "Copy a tenant's data out of the backend, or into a new volume of it");
    command.require_subcommand();
    command.footer(
        "From one engine to another, with the runner stopped:\n"
        "  BACKEND=docker nexus-runner volume export acme state |\n"
        "      BACKEND=podman nexus-runner volume import acme state");
    add_direction(command, line, "export", "Write a volume to stdout, as a tar", &export_volume);
    add_direction(command, line, "import",
                  "Read a tar from stdin into a volume that is new or empty", &import_volume);
}

}  // namespace nexus::cli
