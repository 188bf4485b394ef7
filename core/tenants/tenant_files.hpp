// The files of a tenant that its runtime reads: env/runtime.env and config/. Names and values from
// a job are checked here, once, before anything is written. Threads: any, as long as no two work on
// one tenant at once.
#pragma once

#include <map>
#include <string>

#include "base/files.hpp"
#include "tenants/request.hpp"

namespace nexus::tenants {

using Environment = std::map<std::string, std::string>;

// Throws Failure `invalid_config_item` naming the first entry that is not allowed: names match
// ^[A-Za-z_][A-Za-z0-9_]{0,127}$, PATH and LD_* are refused, and a value holds no NUL or newline
// and is, with its name, no longer than Linux passes to a program.
void check_environment(const Environment& env);

// Throws Failure `invalid_config_item` for a name that does not match
// ^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$, one that occurs twice, more than 256 items, or more than 8
// MiB together. `what` is "prompts" or "skills".
void check_items(const std::string& what, const std::vector<ConfigItem>& items);

// Both, for all that `request` holds.
void check_config(const ConfigRequest& request);

// What a job may set of a runtime's environment, over the defaults that every runtime gets.
Environment complete_environment(const Environment& requested, int bridge_port);

// In a tenant's folder.
inline constexpr const char* environment_folder = "env";
inline constexpr const char* environment_file = "runtime.env";
inline constexpr const char* config_folder = "config";

// What `env`, a tenant's folder of that name, holds; empty where there was no write yet. Throws
// Failure `internal` where the file is damaged.
Environment read_environment(const Directory& env);

class TenantFiles {
  public:
    // `permit` as that of Directory::write.
    explicit TenantFiles(
        const Directory& tenant_folder, Directory::Permit permit = [] {});

    // As the free function.
    Environment read_environment() const { return tenants::read_environment(env_); }
    void write_environment(const Environment& env) const;

    // What the runtime may see of its environment as a file, config/env.json: everything but the
    // shared secret.
    void write_env_json(const Environment& env) const;

    // Replaces all prompts, or all skills, in one step: who opens the folder has the whole old set
    // or the whole new one below that handle. The old set is kept, under a hidden name, until the
    // next replacement begins, so that a reader which opened it finishes with a whole set, unless
    // it takes longer than that. Who opens each file by its whole path may get some of either set.
    // Whatever the runtime planted in the way is replaced or removed.
    void replace_prompts(const std::vector<ConfigItem>& prompts) const;
    void replace_skills(const std::vector<ConfigItem>& skills) const;

    // The folder that is bind-mounted at /data/config.
    const std::string& config_path() const noexcept { return config_.path(); }

  private:
    template <typename Fill>
    void replace_set(const char* name, Fill fill) const;

    Directory env_;
    Directory config_;
    Directory::Permit permit_;
};

}  // namespace nexus::tenants
