// A pinned reference to a container image. An image whose tag moves under a running tenant is never
// one, so code that holds an ImageRef need not ask again. Threads: as plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/parsed.hpp"

namespace nexus::config {

class ImageRef {
  public:
    // [registry/]repository[:tag][@digest], as the engines read it. Refused: no tag and no digest,
    // the tag `latest` (unless a digest pins it), placeholders, an image's id, malformed
    // references.
    static Parsed<ImageRef> parse(std::string_view text);

    const std::string& text() const noexcept { return text_; }  // as it was given
    // Where credentials are looked up, with the port: "ghcr.io", "docker.io" where none is named.
    const std::string& registry() const noexcept { return registry_; }
    // Within the registry: "acme/nexus"; "library/busybox" for an official image.
    const std::string& repository_path() const noexcept { return repository_path_; }
    const std::string& tag() const noexcept { return tag_; }        // may be empty
    const std::string& digest() const noexcept { return digest_; }  // may be empty

    friend bool operator==(const ImageRef& one, const ImageRef& other) {
        return one.text_ == other.text_;
    }

  private:
    ImageRef() = default;
    std::string text_;
    std::string registry_;
    std::string repository_path_;
    std::string tag_;
    std::string digest_;
};

// What IMAGE_ALLOW names: a registry, or the beginning of a repository's path in one.
struct ImagePrefix {
    std::string registry;
    std::string path;  // empty: everything in the registry

    friend bool operator==(const ImagePrefix&, const ImagePrefix&) = default;
};

// "ghcr.io/acme,docker.io/library/busybox". The registry is required, since "acme" alone could be
// an organisation or an official image.
Parsed<std::vector<ImagePrefix>> parse_image_prefixes(std::string_view text);

// Whether `image` is below one of the prefixes; they match whole components of a path, so
// ghcr.io/acme does not allow ghcr.io/acme-evil. No prefix at all allows everything.
bool allowed(const ImageRef& image, const std::vector<ImagePrefix>& prefixes);

// Why `text` is no tag that pins an image, with the mend; nothing where it is one.
std::optional<std::string> image_tag_problem(std::string_view text);

}  // namespace nexus::config
