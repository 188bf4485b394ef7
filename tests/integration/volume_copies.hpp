// Volumes of a real engine, and files that they are copied to and from. Threads: one at a time.
#pragma once

#include <fcntl.h>

#include <nexus/unique_fd.hpp>
#include <string>

#include "integration/backend_fixture.hpp"
#include "support/temp_dir.hpp"

namespace nexus::test {

struct VolumeCopies : BackendFixture {
    TempDir folder;

    // Where its content can be seen.
    std::string make(const std::string& part) {
        return backend->ensure_volume(ctx(), {name(part), labels()}).mountpoint;
    }
    VolumeCopy out(Backend& from, const std::string& part, const std::string& file) const {
        const UniqueFd fd(
            ::open((folder / file).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        return from.export_volume(ctx(), name(part), fd.get());
    }
    VolumeCopy in(Backend& to, const std::string& part, const std::string& file) const {
        const UniqueFd fd(::open((folder / file).c_str(), O_RDONLY | O_CLOEXEC));
        return to.import_volume(ctx(), name(part), fd.get());
    }
};

}  // namespace nexus::test
