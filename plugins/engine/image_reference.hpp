// The name of an image, taken apart as a pull wants it. Threads: as plain values.
#pragma once

#include <string>
#include <string_view>

namespace nexus::engine {

struct ImageReference {
    std::string repository;  // "registry:5000/team/app"
    std::string version;     // a tag, or a digest as "sha256:…"

    // "registry:5000/team/app:1", or with "@" before a digest.
    std::string text() const {
        return repository + (version.find(':') == std::string::npos ? ':' : '@') + version;
    }
};

// Takes repository:tag, repository@digest and repository:tag@digest, of which the digest counts.
// Throws BackendError `invalid` for anything else, also for an image's id, and for a reference
// without a version: the engine would pull every tag there is.
ImageReference parse_image(std::string_view text);

}  // namespace nexus::engine
