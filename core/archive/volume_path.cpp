#include "archive/volume_path.hpp"

#include <algorithm>
#include <nexus/backend.hpp>

#include "archive/folder_walk.hpp"
#include "archive/volume_error.hpp"

namespace nexus::archive {
namespace {

[[noreturn]] void refuse(std::string_view path, const char* problem) {
    throw BackendError(Code::invalid, "the path " + in_quotes(path) + " in the archive " + problem,
                       false);
}

}  // namespace

std::string below_root(std::string_view path) {
    if (path.size() > max_path + 2) refuse(path, "is longer than 32 KiB");
    if (path.empty()) refuse(path, "is empty");
    if (path.front() == '/') refuse(path, "is absolute: it must begin with \"./\" or a name");
    std::string result;
    for (std::string_view rest = path; !rest.empty();) {
        const std::string_view name = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        if (name == "..") refuse(path, "has \"..\": it must stay inside the volume");
        if (name.empty() || name == ".") continue;
        if (!result.empty()) result += '/';
        result += name;
    }
    return result;
}

std::string_view without_slash(std::string_view path) {
    return path.substr(std::min(path.size(), path.find_first_not_of('/')));
}

SplitPath split(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return {{}, std::string(path)};
    return {path.substr(0, slash), std::string(path.substr(slash + 1))};
}

}  // namespace nexus::archive
