// The program restic, with the repository that its own environment variables name: three of its
// verbs. Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/child_process.hpp"
#include "base/log.hpp"

namespace nexus::backup {

class Restic {
  public:
    // Whether the environment names a repository.
    static bool has_repository();

    // With this process's environment, but for our own secrets. Once `cancel_fd` is readable, every
    // call throws Failure `cancelled`. Where restic does not do what it should, they throw Failure
    // `internal`, with what it said, no secret in it, and the mend.
    explicit Restic(int cancel_fd);

    // What is in `folder` as one snapshot. Snapshots of the same folder and host are each other's
    // successors to `restic forget`. Returns how many bytes are new in the repository.
    std::int64_t backup(const std::string& folder, const std::vector<std::string>& tags,
                        const std::string& host) const;

    struct Snapshot {
        std::string id;
        std::string host;
        std::vector<std::string> tags;
    };
    struct Wanted {
        std::vector<std::string> tags;  // all of them
        std::string host;               // empty: of any
        bool only_newest = false;       // of each host and folder
    };
    std::vector<Snapshot> snapshots(const Wanted& wanted) const;

    // The snapshot's files into the folder `target`, which is made. What they are is the
    // repository's word.
    void restore(const std::string& id, const std::string& target) const;

  private:
    ChildOutcome run(const std::vector<std::string>& arguments, const std::string& folder,
                     std::size_t most_output) const;
    std::string problem(const std::string& verb, const ChildOutcome& outcome) const;

    const int cancel_fd_;
    std::vector<std::string> environment_;
    Redactor redactor_;
};

// Of an error's text: no user and password of a URL in it.
std::string without_logins(std::string_view text);

// What `restic snapshots --json` prints. Throws json::Error.
std::vector<Restic::Snapshot> parse_snapshots(std::string_view text);

}  // namespace nexus::backup
