/* The boundary between nexus-runner and a backend plugin, in C99. This header compiles alone.
 *
 * A plugin is a shared library that exports exactly one symbol, NEXUS_BACKEND_SYMBOL, a function
 * that returns a constant nexus_backend_descriptor. C++ authors include <nexus/plugin.hpp> instead,
 * which writes all of this for them.
 *
 * How this header grows: it is append-only within one major version. A new field goes to the end of
 * its struct, a new operation or code to the end of its enum, and NEXUS_BACKEND_ABI_MINOR rises by
 * one. Every struct that crosses begins with its own size in bytes. A field is read only where it
 * lies inside that size, and an unknown tail is ignored, so old and new meet without a rebuild.
 *
 * Texts that cross are UTF-8 JSON, documented beside the values of <nexus/backend.hpp>. Whoever
 * makes bytes owns them: what a pointer argument points to is valid until the call returns, and a
 * reply is written into a sink of the host. Nobody frees the other's memory.
 *
 * Rules for a plugin:
 *   - Every function may be called from several threads at once. The host never runs two operations
 *     on one tenant at the same time, and never calls anything during or after destroy.
 *   - A call whose deadline has passed, or whose cancel_fd is readable, returns within one second.
 *   - No signal handler, no exit, no fork without exec, nothing written to stdout or stderr: log
 *     through the host. No C++ exception may leave a function.
 *   - destroy joins every thread that the plugin started. The library itself is never unloaded.
 */
#ifndef NEXUS_BACKEND_ABI_H
#define NEXUS_BACKEND_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The major version is part of the symbol's name. */
#define NEXUS_BACKEND_ABI_MAJOR 1
#define NEXUS_BACKEND_ABI_MINOR 4
#define NEXUS_BACKEND_SYMBOL "nexus_backend_v1"

/* Whether `member` lies inside the size that the struct behind `pointer` gives for itself. */
#define NEXUS_HAS(type, pointer, member) \
    ((pointer)->size >= offsetof(type, member) + sizeof(((type*)0)->member))

/* What create, call and transfer return. A closed set: the host takes any other value for INTERNAL.
 */
enum nexus_code {
    NEXUS_OK = 0,
    NEXUS_NOT_FOUND = 1, /* the named object does not exist */
    NEXUS_EXISTS = 2,    /* the name is taken by another object */
    NEXUS_CONFLICT = 3,  /* the object is in a state, or in a use, that forbids the operation */
    NEXUS_INVALID = 4,   /* the request or the configuration is wrong; the same call fails again */
    NEXUS_DENIED = 5,    /* the engine or the registry refuses these credentials */
    NEXUS_UNSUPPORTED = 6, /* this plugin, or this engine, does not have the operation */
    NEXUS_UNAVAILABLE = 7, /* the engine or the registry cannot be reached */
    NEXUS_TIMEOUT = 8,     /* the deadline passed */
    NEXUS_CANCELLED = 9,   /* cancel_fd became readable */
    NEXUS_EXHAUSTED = 10,  /* out of disk, memory, addresses or another resource */
    NEXUS_INTERNAL = 11    /* a fault of the plugin or the engine */
};

/* Operations of call. See the method of the same name in <nexus/backend.hpp> for meaning and codes.
 * Beside each stand the members of its request and its reply, or the value of <nexus/backend.hpp>
 * that the object is. A member that is absent or null has its default; one that is not known is
 * ignored.
 */
enum nexus_op {
    NEXUS_OP_INFO = 1,              /* {} -> Info */
    NEXUS_OP_LIST = 2,              /* {labels} -> {containers: [ContainerState]} */
    NEXUS_OP_INSPECT = 3,           /* {name} -> {container: ContainerState or null} */
    NEXUS_OP_INSPECT_VOLUME = 4,    /* {name} -> {volume: VolumeState or null} */
    NEXUS_OP_ENSURE_NETWORK = 5,    /* NetworkSpec -> NetworkState */
    NEXUS_OP_REMOVE_NETWORK = 6,    /* {name} -> {} */
    NEXUS_OP_ENSURE_VOLUME = 7,     /* VolumeSpec -> VolumeState */
    NEXUS_OP_REMOVE_VOLUME = 8,     /* {name} -> {} */
    NEXUS_OP_ENSURE_IMAGE = 9,      /* ImageRequest -> ImageState */
    NEXUS_OP_ENSURE_CONTAINER = 10, /* ContainerSpec -> ContainerState */
    NEXUS_OP_START = 11,            /* {name} -> {} */
    NEXUS_OP_STOP = 12,             /* {name, grace_seconds} -> {} */
    NEXUS_OP_REMOVE = 13,           /* {name} -> {} */
    NEXUS_OP_LOGS = 14,             /* {name, tail} -> {}, of transfer */
    /* since minor 1 */
    NEXUS_OP_PAUSE = 15,         /* {name} -> {} */
    NEXUS_OP_UNPAUSE = 16,       /* {name} -> {} */
    NEXUS_OP_RENAME = 17,        /* {name, new_name} -> {} */
    NEXUS_OP_STATS = 18,         /* {name} -> Stats */
    NEXUS_OP_EXPORT_VOLUME = 19, /* {name} -> VolumeCopy, of transfer */
    NEXUS_OP_IMPORT_VOLUME = 20, /* {name} -> VolumeCopy, of transfer */
    /* since minor 2 */
    NEXUS_OP_REMOVE_IMAGE = 21, /* {reference} -> {} */
    /* since minor 3 */
    NEXUS_OP_SWAP_VOLUMES = 22, /* {first, second} -> {} */
    /* since minor 4 */
    NEXUS_OP_INSPECT_NETWORK = 23 /* {name} -> {network: NetworkState or null} */
};

enum nexus_log_level {
    NEXUS_LOG_DEBUG = 1,
    NEXUS_LOG_INFORMATION = 2,
    NEXUS_LOG_WARNING = 3,
    NEXUS_LOG_ERROR = 4
};

/* A place of the host's that takes bytes. Thread: only the one that received it, only during the
 * call. */
typedef struct nexus_sink {
    size_t size;
    void* self;
    /* Appends n bytes. Returns 0, or -1 where the host takes no more; the plugin then ends the
     * call. */
    int32_t (*write)(void* self, const char* data, size_t n);
} nexus_sink;

/* The host, given at create and valid until destroy returns. Thread: any. */
typedef struct nexus_host {
    size_t size;
    uint32_t abi_major;
    uint32_t abi_minor;
    void* self;
    void (*log)(void* self, int32_t level, const char* text, size_t n);
    /* Says that something changed in the engine: an Event of <nexus/backend.hpp> as JSON. A hint to
     * look again, never the only source of a fact. */
    void (*event)(void* self, const char* json, size_t n);
    /* Names of optional host features, a NULL-terminated list; a plugin names what it cannot do
     * without in required_features. There is none up to minor 4. */
    const char* const* features;
} nexus_host;

/* The circumstances of one call. */
typedef struct nexus_ctx {
    size_t size;
    int64_t deadline_ns; /* on CLOCK_MONOTONIC, in nanoseconds */
    int32_t cancel_fd;   /* readable (poll: POLLIN) once the call is to end early; -1: never */
    int32_t reserved;
    const char* operation_id; /* for logs; never NULL */
    const char* tenant;       /* the tenant that is acted for; "" for none; never NULL */
} nexus_ctx;

typedef struct nexus_backend_descriptor {
    size_t size;
    uint32_t abi_minor;  /* NEXUS_BACKEND_ABI_MINOR of the header that the plugin was built with */
    const char* name;    /* such as "docker" */
    const char* version; /* the plugin's own, for people */
    const char* config_schema; /* JSON Schema (draft 4) of the configuration that create takes */

    /* Makes an instance. config is a JSON object that fits config_schema; host has been checked and
     * stays valid. On NEXUS_OK *self is set. Otherwise *self is left alone and error has received
     * {"message": text, "retryable": bool}. May be called more than once; instances are
     * independent. */
    int32_t (*create)(const nexus_host* host, const char* config, size_t config_size, void** self,
                      const nexus_sink* error);

    /* Runs one operation of enum nexus_op. On NEXUS_OK reply has received the result as JSON,
     * otherwise
     * {"message": text, "retryable": bool}. */
    int32_t (*call)(void* self, const nexus_ctx* ctx, int32_t op, const char* request,
                    size_t request_size, const nexus_sink* reply);

    /* Like call, for operations that move bulk bytes: they go to or come from fd, which stays the
     * host's. */
    int32_t (*transfer)(void* self, const nexus_ctx* ctx, int32_t op, const char* request,
                        size_t request_size, int32_t fd, const nexus_sink* reply);

    /* Ends an instance. No other call on it is running. */
    void (*destroy)(void* self);

    /* Host features that this plugin cannot do without, a NULL-terminated list; NULL for none. */
    const char* const* required_features;
} nexus_backend_descriptor;

typedef const nexus_backend_descriptor* (*nexus_backend_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
