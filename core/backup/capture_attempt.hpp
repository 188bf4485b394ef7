// One run of Capture: what it knows on the way. Threads: one, in the tenant's turn.
#pragma once

#include <nexus/unique_fd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "backup/capture.hpp"
#include "base/failure.hpp"

namespace nexus::backup {

class Capture::Attempt {
  public:
    Attempt(const Capture& capture, const TenantBackup* before, const Options& options,
            const tenants::JobContext& context);

    // In this order; each leaves out what has failed before.

    // Which parts there are.
    void look();
    // Those that are as they were in `before`, without holding the runtime for it.
    void find_unchanged();
    // The others into scratch files, the runtime held; also those that changed until it was.
    void read();
    // The scratch files into the blob store.
    Captured keep();

  private:
    struct Source {
        Part part;           // what becomes of it
        std::string volume;  // empty: it is the folder
        std::string path;    // where it can be seen, if anywhere
        UniqueFd tar;        // what was read
        bool unchanged = false;

        bool has_failed() const { return part.status == PartStatus::failed; }
    };

    template <typename Step>
    void attempt(Source& source, Step step);
    void fail(Source& source, const Failure& failure);
    bool find_volume(Source& source) const;
    bool was_made(PartName name) const;
    const Part* noted(PartName name) const {
        return before_ == nullptr ? nullptr : before_->find(name);
    }
    const Part* known(const Source& source) const;
    std::string fingerprint_of(const Source& source) const;
    bool is_unchanged(const Source& source) const;
    bool is_trusted(Source& source) const;
    void take_over(Source& source) const;
    void copy(Source& source, Consistency consistency);
    VolumeCopy export_to(const Source& source, int fd) const;
    void add(Source& source);
    CallContext short_call() const;
    CallContext long_call() const;
    void permit() const;

    const Parts parts_;
    const config::Settings& settings_;
    Log& log_;
    const TenantBackup* const before_;
    const Options options_;
    const tenants::JobContext& context_;
    std::vector<Source> sources_;  // in the order of all_parts
    Captured result_;
};

}  // namespace nexus::backup
