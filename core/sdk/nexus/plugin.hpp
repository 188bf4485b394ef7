// For the author of a backend plugin in C++: derive a class from nexus::Backend, give it a
// constructor `Class(const PluginHost& host, std::string_view config)`, and write one line at
// namespace scope of one source file:
//
//     NEXUS_BACKEND(Class, "name", "1.0.0", schema)
//
// `schema` is the JSON Schema (draft 4) of the configuration, a constant C string. The constructor
// throws BackendError where the configuration is wrong (`invalid`; a codec::Malformed of
// <nexus/codec.hpp> counts as that) or the engine does not answer (`unavailable`). Any other
// exception, also of a method, reaches the host as `internal` with its text.
#pragma once

#include <nexus/backend_abi.h>

#include <memory>
#include <nexus/backend.hpp>
#include <string_view>

namespace nexus {

// The runner as its plugin sees it. Threads: any. Copies are cheap; valid until the Backend is
// destroyed.
class PluginHost {
  public:
    explicit PluginHost(const nexus_host* host) noexcept : host_(host) {}
    void log(nexus_log_level level, std::string_view text) const noexcept;
    void event(const Event& event) const noexcept;

  private:
    const nexus_host* host_;
};

namespace plugin_detail {

using Factory = std::unique_ptr<Backend> (*)(const PluginHost&, std::string_view);

// The C functions of a plugin: they decode, call the Backend, encode, and let no exception out.
std::int32_t create(Factory factory, const nexus_host* host, const char* config,
                    std::size_t config_size, void** self, const nexus_sink* error) noexcept;
std::int32_t call(void* self, const nexus_ctx* ctx, std::int32_t op, const char* request,
                  std::size_t request_size, const nexus_sink* reply) noexcept;
std::int32_t transfer(void* self, const nexus_ctx* ctx, std::int32_t op, const char* request,
                      std::size_t request_size, std::int32_t fd, const nexus_sink* reply) noexcept;
void destroy(void* self) noexcept;

}  // namespace plugin_detail
}  // namespace nexus

// Writes the exported symbol and the descriptor behind it.
#define NEXUS_BACKEND(Class, plugin_name, plugin_version, schema)                           \
    extern "C" __attribute__((visibility("default"))) const nexus_backend_descriptor*       \
    nexus_backend_v1(void) {                                                                \
        static const nexus_backend_descriptor descriptor = {                                \
            sizeof(nexus_backend_descriptor),                                               \
            NEXUS_BACKEND_ABI_MINOR,                                                        \
            plugin_name,                                                                    \
            plugin_version,                                                                 \
            schema,                                                                         \
            [](const nexus_host* host, const char* config, size_t config_size, void** self, \
               const nexus_sink* error) -> int32_t {                                        \
                return ::nexus::plugin_detail::create(                                      \
                    [](const ::nexus::PluginHost& plugin_host,                              \
                       std::string_view text) -> std::unique_ptr<::nexus::Backend> {        \
                        return std::make_unique<Class>(plugin_host, text);                  \
                    },                                                                      \
                    host, config, config_size, self, error);                                \
            },                                                                              \
            ::nexus::plugin_detail::call,                                                   \
            ::nexus::plugin_detail::transfer,                                               \
            ::nexus::plugin_detail::destroy,                                                \
            nullptr,                                                                        \
        };                                                                                  \
        return &descriptor;                                                                 \
    }                                                                                       \
    static_assert(true, "takes the semicolon")
