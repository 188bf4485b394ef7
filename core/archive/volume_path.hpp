// The path of an entry in a hostile archive. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace nexus::archive {

// `path` below the root: "a/b" for "./a//b/"; empty for the root itself. Throws BackendError
// `invalid` for one that is absolute, has "..", or is too long.
std::string below_root(std::string_view path);

// `path` without what makes it absolute: an engine may write "/a", and a link to it as "a".
std::string_view without_slash(std::string_view path);

// Both halves of such a path; the first is empty for what lies in the root.
struct SplitPath {
    std::string_view folder;
    std::string name;
};
SplitPath split(std::string_view path);

}  // namespace nexus::archive
