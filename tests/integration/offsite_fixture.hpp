// A node's backups and a restic repository of its own, with the environment that names it. Threads:
// one; one at a time in a process.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/offsite.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace nexus::test {

// A variable of this process's environment, until the end of this object.
class Variable {
  public:
    Variable(std::string name, const std::string& value);
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable();

  private:
    const std::string name_;
    std::optional<std::string> before_;
};

class ResticHouse {
  public:
    ResticHouse();

    // What restic itself does with the repository.
    Finished restic(const std::vector<std::string>& arguments,
                    const std::string& folder = "") const;
    std::uintmax_t repository_bytes() const;

    // In place of the program, from now on.
    void put_in_place_of_restic(const std::string& script);

    const TempDir temp;
    const std::string repository = temp / "repository";

  private:
    const Variable place_{"RESTIC_REPOSITORY", repository};
    const Variable password_{"RESTIC_PASSWORD", "correct horse"};
    const Variable cache_{"XDG_CACHE_HOME", temp / "cache"};
    std::optional<Variable> path_;
};

// BACKUP_DIR of a node.
class NodeHouse {
  public:
    explicit NodeHouse(std::string name) : name_(std::move(name)) {}

    using Parts = std::map<backup::PartName, std::string>;  // tars
    // A run of the whole node, published.
    backup::Run back_up(const std::string& id, const std::map<std::string, Parts>& tenants) const;
    backup::Offsite::Sent send(const backup::Run& run, int cancel_fd = -1) const;
    std::unique_ptr<backup::Fetched> fetch(const std::string& tenant,
                                           const std::string& snapshot = "latest") const;
    // Why there is none.
    std::string refusal(const std::string& tenant, const std::string& snapshot = "latest") const;
    std::vector<std::string> tenants(const std::string& node) const;
    bool left_nothing() const { return dir.tmp().names().empty(); }

    const TempDir temp;
    const backup::BackupDir dir{temp / "backups"};

  private:
    const std::string name_;
};

// What is in a part of the only run of a fetched backup.
std::string content(const backup::Fetched& fetched, const std::string& tenant,
                    backup::PartName part);

}  // namespace nexus::test
