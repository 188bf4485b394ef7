#include "config/image_ref.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "config/image_grammar.hpp"
#include "config/leftover.hpp"

namespace nexus::config {
namespace {

constexpr std::string_view hub = "docker.io";

std::optional<std::string> placeholder_problem(std::string_view text) {
    const auto sign = placeholder_in(text);
    if (!sign) return std::nullopt;
    return "still holds a placeholder (" + std::string(*sign) +
           "); write the real image, like ghcr.io/acme/nexus:1.4.2";
}

std::optional<std::string> pin_problem(const ImageParts& parts) {
    if (!parts.digest.empty()) return std::nullopt;
    if (parts.tag.empty()) {
        return "has no tag; pin the image with a tag or a digest, like ghcr.io/acme/nexus:1.4.2";
    }
    if (parts.tag == "latest") {
        return "has the tag latest, which moves; pin the image with another tag or a digest";
    }
    return std::nullopt;
}

// Docker Hub has two names, and its official images a folder that nobody writes.
std::pair<std::string, std::string> place_of(const ImageParts& parts) {
    std::string registry(parts.registry);
    if (registry.empty() || registry == "index.docker.io") registry = hub;
    std::string path(parts.repository);
    if (registry == hub && path.find('/') == std::string::npos) path = "library/" + path;
    return {std::move(registry), std::move(path)};
}

Parsed<ImagePrefix> parse_prefix(std::string_view text) {
    if (const auto problem = placeholder_problem(text)) return *problem;
    const auto slash = text.find('/');
    const auto registry = text.substr(0, slash);
    if (!is_registry(registry)) {
        return "does not begin with a registry; write it like ghcr.io/acme or "
               "docker.io/library/busybox";
    }
    const auto path = slash == std::string_view::npos ? "" : text.substr(slash + 1);
    if (slash != std::string_view::npos && !is_repository(path)) {
        return "is malformed; write registry/repository without a tag, like ghcr.io/acme";
    }
    return ImagePrefix{std::string(registry == "index.docker.io" ? hub : registry),
                       std::string(path)};
}

}  // namespace

Parsed<ImageRef> ImageRef::parse(std::string_view text) {
    if (auto problem = placeholder_problem(text)) return std::move(*problem);
    if (text.starts_with("sha256:")) {
        return "is an image's id; name it by its repository, like ghcr.io/acme/nexus:1.4.2";
    }
    const auto parts = parse_image(text);
    if (!parts) {
        return "is malformed; write registry/repository:tag in lower case, like "
               "ghcr.io/acme/nexus:1.4.2";
    }
    if (auto problem = pin_problem(*parts)) return std::move(*problem);
    ImageRef image;
    image.text_ = text;
    std::tie(image.registry_, image.repository_path_) = place_of(*parts);
    image.tag_ = parts->tag;
    image.digest_ = parts->digest;
    return image;
}

Parsed<std::vector<ImagePrefix>> parse_image_prefixes(std::string_view text) {
    std::vector<ImagePrefix> result;
    for (const auto part : split(text, ',')) {
        auto prefix = parse_prefix(trim(part));
        if (const auto* problem = std::get_if<std::string>(&prefix)) {
            return "entry " + std::to_string(result.size() + 1) + " " + *problem;
        }
        result.push_back(std::get<ImagePrefix>(std::move(prefix)));
    }
    return result;
}

bool allowed(const ImageRef& image, const std::vector<ImagePrefix>& prefixes) {
    const std::string path = image.repository_path() + "/";
    return prefixes.empty() ||
           std::any_of(prefixes.begin(), prefixes.end(), [&](const ImagePrefix& prefix) {
               return prefix.registry == image.registry() &&
                      (prefix.path.empty() || path.starts_with(prefix.path + "/"));
           });
}

std::optional<std::string> image_tag_problem(std::string_view text) {
    if (auto problem = placeholder_problem(text)) return problem;
    if (text == "latest") return "is latest, which moves; write a version, like 1.4.2";
    if (!is_tag(text)) {
        return "is no tag: at most 128 of letters, digits, '_', '.' and '-'; write a version, like "
               "1.4.2";
    }
    return std::nullopt;
}

}  // namespace nexus::config
