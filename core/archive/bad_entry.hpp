// What an entry of a hostile archive is refused for. Each throws BackendError `invalid`.
// Threads: any.
#pragma once

#include <string>

namespace nexus::archive {

[[noreturn]] void refuse_archive(const std::string& problem);
[[noreturn]] void refuse_root();  // that is no folder
[[noreturn]] void refuse_second_root();

// `path` is the entry's, as it is written there.
[[noreturn]] void refuse_second(const std::string& path);
[[noreturn]] void refuse_place(const std::string& path);  // below what is no folder
[[noreturn]] void refuse_length(const std::string& path);
[[noreturn]] void refuse_empty_link(const std::string& path);
[[noreturn]] void refuse_second_name(const std::string& path, const std::string& of);

}  // namespace nexus::archive
