// prune: removes the backups that BACKUP_KEEP does not keep.
#include "backup/prune.hpp"

#include "app/start_failure.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/progress_line.hpp"
#include "cli/with_backup.hpp"

namespace nexus::cli {
namespace {

struct Options {
    bool dry_run = false;
    bool wait = false;
};

backup::Pruned prune(const backup::BackupDir& dir, const config::BackupKeep& keep,
                     const Options& options, int cancel_fd) {
    const UniqueFd locked = lock_backup_dir(dir, "nexus-runner prune", options.wait, cancel_fd);
    ProgressLine shown;
    shown.show("pruning " + dir.path() + ", once nobody reads or adds backups there");
    try {
        return backup::prune(dir, keep, options.dry_run, cancel_fd);
    } catch (const Failure& failure) {
        if (failure.code() != ErrorCode::snapshot_corrupt) throw;
        throw Failure(failure.code(), std::string("nothing was removed, for which backups are to "
                                                  "be kept is not known: ") +
                                          failure.what());
    }
}

void print_json(const backup::Pruned& pruned, bool dry_run) {
    json::Writer writer;
    writer.begin_object().member("dry_run", dry_run).begin_array("removed");
    for (const auto& id : pruned.runs)
        writer.value(id);
    writer.end_array()
        .member("kept", pruned.kept)
        .member("blobs", pruned.blobs)
        .member("bytes", pruned.bytes)
        .end_object();
    print_line(writer.text());
}

void print_text(const backup::Pruned& pruned, bool dry_run) {
    const std::string removed = dry_run ? "would remove " : "removed ";
    for (const auto& id : pruned.runs)
        print_line(removed + id);
    print_line(removed + counted(static_cast<std::int64_t>(pruned.runs.size()), "run") + " and " +
               counted(pruned.blobs, "blob") + " of " + shown_bytes(pruned.bytes) + "; " +
               counted(pruned.kept, "run") + (dry_run ? " would be kept" : " kept"));
}

}  // namespace

void add_prune(Command program, CommandLine& line) {
    const auto command = program.add_subcommand(
        "prune", "Remove the backups that BACKUP_KEEP does not keep, and what only they held");
    auto options = std::make_shared<Options>();
    command.add_flag("--dry-run", options->dry_run,
                     "Say what would be removed, and remove nothing");
    command.add_flag("--wait", options->wait,
                     "Wait where a backup or another prune is at work, instead of exit code 5");
    command.footer(
        "BACKUP_KEEP counts verified backups only. Whatever it says, these stay: the newest\n"
        "verified one, every one that is newer, and of each tenant the newest that has all of it.\n"
        "Backups of single tenants, which jobs made, are counted by themselves. Where one backup\n"
        "cannot be read, nothing is removed.");
    command.callback([&line, options] {
        line.run = [&line, options] {
            return with_backup_dir(line, [&](const backup::BackupDir& dir,
                                             const config::Settings& settings, int cancel_fd) {
                const auto pruned = prune(dir, settings.backup_keep, *options, cancel_fd);
                line.json ? print_json(pruned, options->dry_run)
                          : print_text(pruned, options->dry_run);
                return app::exit_done;
            });
        };
    });
}

}  // namespace nexus::cli
