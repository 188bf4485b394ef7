// The typed face of a container backend, the same on both sides of the plugin boundary: core calls
// a Backend, a plugin is one. Values here cross as JSON objects whose members have the same names;
// a member that the reader does not know is ignored, one that is absent keeps the default written
// here.
//
// Threads: every method may be called from several threads at once. The host never runs two
// operations on one tenant at the same time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nexus/backend_error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nexus {

// The circumstances of one call. A method that is past its deadline throws `timeout`, one whose
// `cancel_fd` has become readable throws `cancelled`, both within one second.
struct CallContext {
    std::chrono::steady_clock::time_point deadline;
    int cancel_fd = -1;        // -1: cannot be cancelled
    std::string operation_id;  // for logs
    std::string tenant;        // empty where no tenant is acted for
};

using Labels = std::map<std::string, std::string>;

// How a backend comes to the content of volumes.
struct VolumeAccess {
    std::string method;               // as VolumeCopy::method; empty: not known
    std::string folder;               // where the engine has them on its host; empty: not known
    std::vector<std::string> losses;  // what an export this way does not keep, a few words each
};

struct Info {
    std::string engine;          // "docker"
    std::string engine_version;  // "20.10.24"
    std::string api_version;     // "1.41"
    std::int64_t cpus = 0;
    std::int64_t memory_bytes = 0;
    std::vector<std::string> warnings;  // what an operator should know, a sentence each
    bool runs_programs = true;          // false: containers are only pretended
    VolumeAccess volumes = {};          // of most volumes; one may lie elsewhere
};

struct NetworkSpec {
    std::string name;
    std::string subnet;  // CIDR, such as "10.231.0.16/28"; empty lets the engine choose
    Labels labels;
};

struct NetworkState {
    std::string id;
    std::string name;
    std::string subnet;
    Labels labels;
};

struct VolumeSpec {
    std::string name;
    Labels labels;
};

struct VolumeState {
    std::string name;
    std::string mountpoint;  // on the engine's host; empty where the engine does not tell
    Labels labels;
};

// Credentials of one registry; all empty for an open one.
struct RegistryAuth {
    std::string server;
    std::string username;
    std::string password;
    std::string identity_token;
};

struct ImageRequest {
    std::string reference;  // with a tag or a digest
    RegistryAuth auth;
};

struct ImageState {
    std::string id;
    bool pulled = false;  // false: it was there already
};

struct VolumeMount {
    std::string volume;
    std::string target;  // absolute path in the container
};

struct BindMount {
    std::string source;  // absolute path on the engine's host
    std::string target;
    bool read_only = false;
};

// What a container is to be. There is no member for privileges, devices or host namespaces: a
// backend adds none, drops every capability but `add_capabilities`, and always sets
// no-new-privileges.
struct ContainerSpec {
    std::string name;
    std::string image;
    Labels labels;
    std::map<std::string, std::string> env;
    std::vector<VolumeMount> volumes;
    std::vector<BindMount> binds;
    std::string network;             // name of an existing network
    std::vector<std::string> tmpfs;  // targets; mounted rw,noexec,nosuid,nodev
    std::int64_t memory_bytes = 0;   // swap is limited to the same: none is added
    std::int64_t nano_cpus = 0;      // 1,000,000,000 is one processor
    std::int64_t pids = 0;
    std::int64_t nofile = 0;
    bool read_only_root = false;
    std::vector<std::string> add_capabilities;  // without the CAP_ prefix
    std::int64_t stop_timeout_seconds = 10;     // between the stop signal and the kill
    std::int64_t log_max_bytes = 0;             // per file of the engine's log; 0: no limit
    std::int64_t log_max_files = 0;
};

enum class Phase : std::int32_t { created, running, paused, restarting, exited, removing, dead };
enum class Health : std::int32_t { none, starting, healthy, unhealthy };

std::string_view to_string(Phase phase) noexcept;
std::string_view to_string(Health health) noexcept;

struct ContainerState {
    std::string id;
    std::string name;
    std::string image;  // the reference it was created from
    Labels labels;
    Phase phase = Phase::created;
    Health health = Health::none;  // `none` also while it does not run
    std::int64_t exit_code = 0;    // of the last run; 0 while it runs
    bool oom_killed = false;
    std::string started_at;  // RFC 3339, empty if never
    std::string finished_at;
    std::int64_t restarts = 0;           // by the engine's restart policy
    std::vector<BindMount> mounts = {};  // since minor 4; a volume by its mountpoint, "": not known
    std::vector<std::string> published = {};  // same; ports' host addresses, "*": host's network
};

// What a container uses at this moment; all zero while it does not run.
struct Stats {
    std::int64_t cpu_ns = 0;  // processor time since it was started, in nanoseconds
    std::int64_t memory_bytes = 0;
    std::int64_t memory_limit_bytes = 0;  // 0: none
    std::int64_t pids = 0;
    std::int64_t network_in_bytes = 0;
    std::int64_t network_out_bytes = 0;
};

// What a volume's content came through.
struct VolumeCopy {
    std::string method;  // "mount_point": read directly; "archive": by the engine's API
    std::vector<std::string> losses;   // what that way does not keep, a few words each
    std::vector<std::string> changed;  // paths of what changed during the read, "./a/b"; not all
    std::int64_t entries = 0;          // files, folders, links and so on, without the root
    std::int64_t bytes = 0;            // of the files' content; a hole counts like data
};

// Something changed in the engine. A hint to look again.
struct Event {
    std::string container;
    std::string tenant;  // from the label io.nexus.tenant
    std::string action;  // created, started, exited, removed, health, oom; "resync": reconnected
    std::int64_t exit_code = 0;
};

// One container engine. Methods throw BackendError; any of them may throw `unavailable`, `timeout`,
// `cancelled` and `internal`, so only other codes are named below. Objects without the given labels
// are found by name all the same: the caller decides whether they are its own.
class Backend {
  public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    // What engine answers. Also the health check of the backend. Idempotent.
    virtual Info info(const CallContext& ctx) = 0;

    // Every container, running or not, that carries all of `labels` with exactly these values; an
    // empty value stands for any value. One round trip, however many containers there are; members
    // that the engine's listing does not give (exit code, restarts, times, mounts, ports) are as
    // above. Idempotent.
    virtual std::vector<ContainerState> list(const CallContext& ctx, const Labels& labels) = 0;

    // One container by its exact name; nothing where there is none. Idempotent.
    virtual std::optional<ContainerState> inspect(const CallContext& ctx,
                                                  const std::string& name) = 0;

    // One volume by its exact name; nothing where there is none, and asking never makes one.
    // Idempotent.
    virtual std::optional<VolumeState> inspect_volume(const CallContext& ctx,
                                                      const std::string& name) = 0;

    // A bridge network with outward traffic and no route to other networks of ours. One that exists
    // is returned as it is. Idempotent. Codes: `exhausted` (no addresses left), `conflict` (the
    // subnet overlaps another network), `invalid`.
    virtual NetworkState ensure_network(const CallContext& ctx, const NetworkSpec& spec) = 0;

    // A network that is not there is no error. Idempotent. Codes: `conflict` (in use).
    virtual void remove_network(const CallContext& ctx, const std::string& name) = 0;

    // A volume that exists is returned as it is, with its data and its own labels. Idempotent.
    // Codes: `invalid`, `exhausted`.
    virtual VolumeState ensure_volume(const CallContext& ctx, const VolumeSpec& spec) = 0;

    // Removes the volume with its data. One that is not there is no error; one that a container
    // uses is never removed. Idempotent. Codes: `conflict` (in use).
    virtual void remove_volume(const CallContext& ctx, const std::string& name) = 0;

    // Pulls the image unless it is there. Progress goes to the host's log. Idempotent.
    // Codes: `not_found` (no such repository, tag or digest), `denied`, `invalid`, `exhausted`.
    virtual ImageState ensure_image(const CallContext& ctx, const ImageRequest& request) = 0;

    // Creates the container, not started. One of this name that exists is returned as it is,
    // whatever its spec: compare its labels. Idempotent. Codes: `not_found` (image or network),
    // `invalid`.
    virtual ContainerState ensure_container(const CallContext& ctx, const ContainerSpec& spec) = 0;

    // Starts a container; one that runs is left alone. Idempotent.
    // Codes: `not_found`, `conflict`, `invalid` (its command cannot be run).
    virtual void start(const CallContext& ctx, const std::string& name) = 0;

    // Stop signal, then a kill after `grace`. One that does not run is left alone; a stopped
    // container stays stopped whatever its restart policy. Idempotent. Codes: `not_found`.
    virtual void stop(const CallContext& ctx, const std::string& name,
                      std::chrono::seconds grace) = 0;

    // Kills and removes the container; named volumes stay. One that is not there is no error.
    // Idempotent.
    virtual void remove(const CallContext& ctx, const std::string& name) = 0;

    // Writes the last `tail` lines of stdout and stderr to `fd` as plain text, oldest first.
    // Codes: `not_found`. A failure to write to `fd` is `internal`.
    virtual void logs(const CallContext& ctx, const std::string& name, std::int64_t tail,
                      int fd) = 0;

    // From here on since minor 1 of the ABI. A backend that does not override one throws
    // `unsupported`.

    // Freezes every process of a running container; one that is paused is left alone. Idempotent.
    // Codes: `not_found`, `conflict` (it does not run).
    virtual void pause(const CallContext& ctx, const std::string& name);

    // Lets a paused container run on; one that is not paused is left alone. Idempotent.
    // Codes: `not_found`.
    virtual void unpause(const CallContext& ctx, const std::string& name);

    // Gives a container, running or not, another name. Codes: `not_found`, `exists`, `invalid`.
    virtual void rename(const CallContext& ctx, const std::string& name,
                        const std::string& new_name);

    // Idempotent. Codes: `not_found`.
    virtual Stats stats(const CallContext& ctx, const std::string& name);

    // Writes the volume's content to `fd` as a POSIX tar with pax headers: "./" for the root
    // folder first, then everything below it in the order of its names' bytes, so that the same
    // content gives the same bytes. Sockets are left out. Idempotent. Codes: `not_found`.
    virtual VolumeCopy export_volume(const CallContext& ctx, const std::string& name, int fd);

    // Reads such a tar from `fd`, to its end, into an empty volume. After an error part of it may
    // be there: remove the volume. Codes: `not_found`, `conflict` (not empty), `invalid` (no tar,
    // cut, or with an entry that must not be: a device, an absolute path, "..", a path through a
    // link, a second entry of one path), `exhausted`.
    virtual VolumeCopy import_volume(const CallContext& ctx, const std::string& name, int fd);

    // The same since minor 2.

    // Takes this reference off the engine, and the image's data where no other reference to it is
    // left. A digest of an image that has a tag as well is in use by that, and may go with the last
    // tag of its repository. One that is not there is no error; one that any container uses,
    // running or not and whoever made it, is never removed, nor is one whose image such a container
    // uses by another name. Idempotent. Codes: `conflict` (in use), `invalid`.
    virtual void remove_image(const CallContext& ctx, const std::string& reference);

    // The same since minor 3.

    // Exchanges the content of two volumes that no running or paused container uses, in one step:
    // after a crash, of the machine too, either both have the other's or neither. Their names and
    // labels stay where they are. Not idempotent: a second call exchanges them back. Codes:
    // `not_found`, `conflict` (a container that is not stopped uses one), `invalid` (both are the
    // same), `unsupported` (the engine's folders cannot be seen from here, or cannot be exchanged).
    virtual void swap_volumes(const CallContext& ctx, const std::string& first,
                              const std::string& second);

    // The same since minor 4: one network by its exact name, whoever made it; nothing where there
    // is none. Idempotent.
    virtual std::optional<NetworkState> inspect_network(const CallContext& ctx,
                                                        const std::string& name);
};

}  // namespace nexus
