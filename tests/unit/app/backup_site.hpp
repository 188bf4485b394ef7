// A BACKUP_DIR that another process writes into, and a STATE_DIR. Threads: one.
#pragma once

#include <unistd.h>

#include "backup/run_store.hpp"
#include "base/log.hpp"
#include "support/temp_dir.hpp"
#include "unit/backup/run_fixture.hpp"

namespace nexus::test {

struct BackupSite {
    TempDir folder;
    backup::BackupDir dir{folder / "backups"};
    backup::RunStore runs{dir};
    TempDir state;
    Redactor redactor;
    Log log{STDERR_FILENO, LogLevel::critical, LogFormat::text, redactor};

    // A run as make_run's, of this node, that `change` made another; it does not exist yet.
    template <typename Change>
    backup::Run begin(Change change) {
        auto run = make_run(runs.begin());
        change(run);
        return run;
    }
    template <typename Change>
    std::string add(Change change) {
        const auto run = begin(change);
        runs.publish(run);
        return run.id;
    }
    std::string add() {
        return add([](backup::Run&) {});
    }
    void verify(const std::string& id, bool ok = true) {
        runs.note(id, {wall_now(), ok, "backup",
                       ok ? std::vector<std::string>{} : std::vector<std::string>{"damaged"}});
    }
};

}  // namespace nexus::test
