#include "cli/backup_list.hpp"

#include <algorithm>

#include "app/start_failure.hpp"
#include "backup/report.hpp"
#include "backup/run_store.hpp"
#include "base/failure.hpp"
#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/progress_line.hpp"
#include "cli/table.hpp"
#include "cli/with_backup.hpp"

namespace nexus::cli {
namespace {

using backup::PartStatus;
using backup::Run;

struct Row {
    std::string id;
    std::optional<Run> run;  // nothing: it cannot be read
    std::string problem;
    std::optional<backup::Verification> verification;
};

std::vector<Row> read_rows(const backup::RunStore& runs) {
    std::vector<Row> rows;
    for (const auto& id : runs.list()) {
        Row row{id, std::nullopt, "", std::nullopt};
        try {
            row.run = runs.load(id);
            row.verification = runs.verification(id);
            if (!row.run) continue;  // it was pruned meanwhile
        } catch (const Failure& failure) {
            row.problem = failure.what();
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::int64_t bytes_of(const Run& run) {
    std::int64_t bytes = 0;
    for (const auto& tenant : run.tenants)
        bytes += tar_bytes(tenant);
    return bytes;
}

// The worst of its tenants'; one part that failed does not make all of it a failure.
std::string status_of(const Row& row) {
    if (!row.run) return "unreadable";
    PartStatus worst = PartStatus::ok;
    for (const auto& tenant : row.run->tenants)
        worst = std::max(worst, tenant.status());
    return worst == PartStatus::failed ? "partial" : std::string(to_string(worst));
}

std::string verified(const Row& row) {
    if (!row.verification) return "no";
    return row.verification->ok ? format_timestamp(row.verification->at) : "damaged";
}

void print_json(const std::vector<Row>& rows) {
    json::Writer writer;
    writer.begin_array();
    for (const auto& row : rows) {
        writer.begin_object().member("snapshot", row.id).member("status", status_of(row));
        if (row.run) {
            writer.member("scope", row.run->scope)
                .member("tenants", static_cast<std::int64_t>(row.run->tenants.size()))
                .member("bytes", bytes_of(*row.run))
                .member("written", row.run->bytes_written);
        }
        if (row.verification) {
            writer.member("verified", row.verification->ok)
                .member("verified_at", format_timestamp(row.verification->at));
        }
        if (!row.problem.empty()) writer.member("problem", row.problem);
        writer.end_object();
    }
    print_line(writer.end_array().text());
}

void print_table(const std::vector<Row>& rows) {
    Table table({"SNAPSHOT", "SCOPE", "TENANTS", "BYTES", "STATUS", "VERIFIED"});
    for (const auto& row : rows) {
        std::vector<std::string> about(3);
        if (row.run) {
            about = {row.run->scope.empty() ? "node" : row.run->scope,
                     std::to_string(row.run->tenants.size()), shown_bytes(bytes_of(*row.run))};
        }
        table.add({row.id, about[0], about[1], about[2], status_of(row), verified(row)});
        if (!row.problem.empty()) table.note(row.problem);
    }
    table.print();
}

}  // namespace

int list_backups(const CommandLine& line) {
    return with_backup_dir(
        line, [&line](const backup::BackupDir& dir, const config::Settings&, int /*cancel_fd*/) {
            const auto rows = read_rows(backup::RunStore(dir));
            line.json ? print_json(rows) : print_table(rows);
            return app::exit_done;
        });
}

}  // namespace nexus::cli
