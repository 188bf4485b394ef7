// The configuration of the simulated backend. The host has checked it against `schema` before the
// plugin sees it, so decoding is all that is left. Threads: plain values.
#pragma once

#include <nexus/codec.hpp>

namespace simulated {

// What goes wrong, and how slowly, for one tenant.
struct TenantFaults {
    std::optional<std::int64_t> latency_ms;   // instead of the general one
    std::map<std::string, std::string> fail;  // operation -> code, such as "UNAVAILABLE"
    std::vector<std::string> crash;           // operations at which the whole process ends
};

struct Config {
    std::int64_t latency_ms = 0;
    std::string state_file;  // empty: the state lives in memory alone
    std::string journal;     // one line for each operation, before it takes effect; empty: none
    std::string effects;     // one line for each operation that changed something, after it did
    std::map<std::string, TenantFaults> tenants;
};

template <typename Visit, nexus::codec::Is<TenantFaults> T>
void members(Visit& visit, T& value) {
    visit("latency_ms", value.latency_ms);
    visit("fail", value.fail);
    visit("crash", value.crash);
}

template <typename Visit, nexus::codec::Is<Config> T>
void members(Visit& visit, T& value) {
    visit("latency_ms", value.latency_ms);
    visit("state_file", value.state_file);
    visit("journal", value.journal);
    visit("effects", value.effects);
    visit("tenants", value.tenants);
}

// `endpoint` is what every backend must accept; there is no engine behind it here.
inline constexpr const char* schema = R"json({
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "additionalProperties": false,
    "properties": {
        "endpoint": {"type": "string"},
        "latency_ms": {"$ref": "#/definitions/latency"},
        "state_file": {"$ref": "#/definitions/file"},
        "journal": {"$ref": "#/definitions/file"},
        "effects": {"$ref": "#/definitions/file"},
        "tenants": {"type": "object", "additionalProperties": {"$ref": "#/definitions/tenant"}}
    },
    "definitions": {
        "latency": {"type": "integer", "minimum": 0, "maximum": 3600000},
        "file": {"type": "string", "pattern": "^/"},
        "operation": {"enum": ["info", "list", "inspect", "inspect_volume", "ensure_network",
            "remove_network", "ensure_volume", "remove_volume", "ensure_image",
            "ensure_container", "start", "stop", "remove", "logs", "pause", "unpause", "rename",
            "stats", "export_volume", "import_volume", "remove_image", "swap_volumes",
            "inspect_network"]},
        "code": {"enum": ["NOT_FOUND", "EXISTS", "CONFLICT", "INVALID", "DENIED", "UNSUPPORTED",
            "UNAVAILABLE", "TIMEOUT", "CANCELLED", "EXHAUSTED", "INTERNAL"]},
        "tenant": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "latency_ms": {"$ref": "#/definitions/latency"},
                "fail": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "info": {"$ref": "#/definitions/code"},
                        "list": {"$ref": "#/definitions/code"},
                        "inspect": {"$ref": "#/definitions/code"},
                        "inspect_volume": {"$ref": "#/definitions/code"},
                        "ensure_network": {"$ref": "#/definitions/code"},
                        "remove_network": {"$ref": "#/definitions/code"},
                        "ensure_volume": {"$ref": "#/definitions/code"},
                        "remove_volume": {"$ref": "#/definitions/code"},
                        "ensure_image": {"$ref": "#/definitions/code"},
                        "ensure_container": {"$ref": "#/definitions/code"},
                        "start": {"$ref": "#/definitions/code"},
                        "stop": {"$ref": "#/definitions/code"},
                        "remove": {"$ref": "#/definitions/code"},
                        "logs": {"$ref": "#/definitions/code"},
                        "pause": {"$ref": "#/definitions/code"},
                        "unpause": {"$ref": "#/definitions/code"},
                        "rename": {"$ref": "#/definitions/code"},
                        "stats": {"$ref": "#/definitions/code"},
                        "export_volume": {"$ref": "#/definitions/code"},
                        "import_volume": {"$ref": "#/definitions/code"},
                        "remove_image": {"$ref": "#/definitions/code"},
                        "swap_volumes": {"$ref": "#/definitions/code"},
                        "inspect_network": {"$ref": "#/definitions/code"}
                    }
                },
                "crash": {"type": "array", "items": {"$ref": "#/definitions/operation"}}
            }
        }
    }
})json";

}  // namespace simulated
