// restore of one tenant, or of all that are not here.
#include <algorithm>
#include <cstdio>

#include "app/backup_exit.hpp"
#include "base/cancel.hpp"
#include "cli/client.hpp"
#include "cli/off_site.hpp"
#include "cli/placement_claims.hpp"
#include "cli/progress_line.hpp"
#include "cli/restore.hpp"
#include "cli/tenant_argument.hpp"

namespace nexus::cli {
namespace {

using backup::TenantId;

struct Wish {
    TenantId source;
    TenantId target;
};

class Restoring {
  public:
    Restoring(const CommandLine& line, app::BackupTools& tools, const RestoreAsked& asked,
              int cancel_fd)
        : tools_(tools),
          asked_(asked),
          json_(line.json),
          cancel_fd_(cancel_fd),
          placements_(line, tools, asked.take_over) {
        writer_.begin_object().begin_array("tenants");
    }

    int run() {
        const auto wishes = this->wishes();
        std::size_t done = 0;
        for (const auto& wish : wishes) {
            if (is_cancelled(cancel_fd_)) break;
            if (wishes.size() > 1) {
                progress_.show(std::to_string(++done) + " of " + std::to_string(wishes.size()) +
                               " tenants: " + wish.target.text());
            }
            restore(wish);
        }
        return end(wishes.size());
    }

  private:
    std::vector<Wish> wishes() {
        if (!asked_.all) {
            const auto source = tenant_argument("TENANT", asked_.tenant);
            return {{source, asked_.as.empty() ? source : tenant_argument("--as", asked_.as)}};
        }
        std::vector<Wish> wishes;
        for (const auto& tenant : tenants_of_node(tools_, asked_, cancel_fd_)) {
            if (placements_.is_here(tenant)) {
                ++kept_;
            } else {
                wishes.push_back({tenant, tenant});
            }
        }
        return wishes;
    }

    void restore(const Wish& wish) {
        try {
            std::unique_ptr<backup::Fetched> copy;
            if (asked_.off_site)
                copy = fetch(tools_, wish.source, asked_.snapshot, cancel_fd_, progress_);
            in_turn(tools_, wish.target, cancel_fd_, [&](tenants::JobContext& context) {
                const auto claim = placements_.claim(wish.target);
                try {
                    succeeded(wish, restore(wish, copy.get(), context));
                } catch (...) {
                    placements_.give_back(wish.target, claim);
                    throw;
                }
            });
        } catch (const Failure& failure) {
            if (failure.code() != ErrorCode::snapshot_corrupt || asked_.off_site) {
                failed(wish, failure);
                return;
            }
            progress_.show("looking for an older run that has all of " + wish.source.text());
            failed(wish,
                   {failure.code(), failure.what() + mend_of_damaged(tools_, asked_, wish.source,
                                                                     wish.target, cancel_fd_)});
        }
    }

    backup::Restore::Report restore(const Wish& wish, const backup::Fetched* copy,
                                    tenants::JobContext& context) {
        if (copy == nullptr) return tools_.restore.run({wish.source, asked_.snapshot}, context);
        return tools_.restore_from(copy->dir()).run({wish.source, copy->snapshot()}, context);
    }

    void succeeded(const Wish& wish, const backup::Restore::Report& report) {
        ++restored_;
        writer_.begin_object()
            .member("tenant_id", wish.target.text())
            .member("source", wish.source.text())
            .member("restored", true)
            .member("snapshot", report.snapshot)
            .member("bytes", report.bytes)
            .member("entries", report.entries);
        write_texts(writer_, "notes", report.notes);
        writer_.end_object();
        progress_.clear();
        for (const auto& note : report.notes)
            print_trouble(wish.target, note);
        if (json_) return;
        print_line(wish.target.text() + ": restored from " + report.snapshot + ", " +
                   counted(report.entries, "file") + ", " + shown_bytes(report.bytes));
    }

    void failed(const Wish& wish, const Failure& failure) {
        failures_.push_back(failure.code());
        writer_.begin_object()
            .member("tenant_id", wish.target.text())
            .member("source", wish.source.text())
            .member("restored", false);
        write_failure(writer_, failure);
        writer_.end_object();
        progress_.clear();
        print_trouble(wish.target, failure.what());
    }

    int end(std::size_t wished) {
        progress_.clear();
        const bool cut = restored_ + failures_.size() < wished;
        if (json_) {
            print_line(writer_.end_array()
                           .member("restored", static_cast<std::int64_t>(restored_))
                           .member("failed", static_cast<std::int64_t>(failures_.size()))
                           .member("kept", static_cast<std::int64_t>(kept_))
                           .end_object()
                           .text());
        } else if (asked_.all) {
            print_line(counted(static_cast<std::int64_t>(restored_), "tenant") + " restored, " +
                       std::to_string(failures_.size()) + " failed, " + std::to_string(kept_) +
                       " here already");
        }
        if (cut) return app::exit_failed;
        return exit_code();
    }

    int exit_code() const {
        if (failures_.empty()) return app::exit_done;
        if (restored_ > 0) return app::exit_partial;
        const auto all = [this](ErrorCode code) {
            return std::count(failures_.begin(), failures_.end(), code) ==
                   static_cast<std::ptrdiff_t>(failures_.size());
        };
        if (all(ErrorCode::snapshot_corrupt)) return app::exit_mismatch;
        return all(ErrorCode::backend_unavailable) ? app::exit_unreachable : app::exit_failed;
    }

    app::BackupTools& tools_;
    const RestoreAsked& asked_;
    const bool json_;
    const int cancel_fd_;
    PlacementClaims placements_;
    ProgressLine progress_;
    json::Writer writer_;
    std::size_t restored_ = 0;
    std::size_t kept_ = 0;  // here already
    std::vector<ErrorCode> failures_;
};

}  // namespace

int restore_tenants(const CommandLine& line, app::BackupTools& tools, const RestoreAsked& asked,
                    int cancel_fd) {
    return Restoring(line, tools, asked, cancel_fd).run();
}

}  // namespace nexus::cli
