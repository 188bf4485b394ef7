#include "archive/bad_entry.hpp"

#include <nexus/backend.hpp>

#include "archive/volume_error.hpp"

namespace nexus::archive {

void refuse_archive(const std::string& problem) {
    throw BackendError(Code::invalid, problem, false);
}

void refuse_root() {
    refuse_archive("the archive's root is no folder");
}

void refuse_second_root() {
    refuse_archive("the archive has its root folder twice");
}

void refuse_second(const std::string& path) {
    refuse_archive("the archive has " + in_quotes(path) + " twice");
}

void refuse_place(const std::string& path) {
    refuse_archive("the archive has " + in_quotes(path) +
                   " below something that it did not make a folder before");
}

void refuse_length(const std::string& path) {
    refuse_archive("the archive has a name or link that is too long at " + in_quotes(path));
}

void refuse_empty_link(const std::string& path) {
    refuse_archive("the link " + in_quotes(path) + " leads nowhere");
}

void refuse_second_name(const std::string& path, const std::string& of) {
    refuse_archive("the archive has " + in_quotes(path) + " as a second name of " + in_quotes(of) +
                   ", which is no file before it");
}

}  // namespace nexus::archive
