#include "engine/spec_check.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "archive/text.hpp"
#include "engine/names.hpp"

namespace nexus::engine {
namespace {

[[noreturn]] void refuse(std::string_view member, std::string_view value, std::string_view mend) {
    throw BackendError(
        Code::invalid,
        std::string(member) + ": \"" + archive::short_text(value) + "\" " + std::string(mend),
        false);
}

void require_absolute(std::string_view member, std::string_view path) {
    if (!path.starts_with('/')) refuse(member, path, "must be an absolute path");
}

// "ALL" would undo the drop.
void require_capability(const std::string& name) {
    const bool named = !name.empty() && name != "ALL" && !name.starts_with("CAP_") &&
                       std::all_of(name.begin(), name.end(),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
    if (!named) {
        refuse("add_capabilities", name, "must be one capability, such as NET_BIND_SERVICE");
    }
}

void check_mounts(const ContainerSpec& spec) {
    for (const auto& [source, target] : spec.volumes) {
        require_name("volume", source);
        require_absolute("volumes", target);
    }
    for (const auto& bind : spec.binds) {
        require_absolute("binds", bind.source);
        require_absolute("binds", bind.target);
    }
    for (const auto& target : spec.tmpfs)
        require_absolute("tmpfs", target);
}

}  // namespace

void check_spec(const ContainerSpec& spec) {
    check_mounts(spec);
    std::for_each(spec.add_capabilities.begin(), spec.add_capabilities.end(), require_capability);
    for (const auto& [name, value] : spec.env) {
        if (name.empty() || name.find('=') != std::string::npos) {
            refuse("env", name, "is no name of a variable");
        }
    }
}

}  // namespace nexus::engine
