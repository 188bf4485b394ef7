#include "engine/image_reference.hpp"

#include <algorithm>
#include <nexus/backend.hpp>

#include "archive/text.hpp"

namespace nexus::engine {
namespace {

constexpr std::size_t max_length = 512;  // above a name (255), a tag (128) and a digest together

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool all_of(std::string_view text, std::string_view marks) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [marks](char c) {
        return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
    });
}

bool is_repository(std::string_view text) {
    return all_of(text, "._-/:[]") && (is_alphanumeric(text.front()) || text.front() == '[') &&
           is_alphanumeric(text.back()) && text.find("//") == std::string_view::npos &&
           text.find("..") == std::string_view::npos && text.find("/.") == std::string_view::npos;
}

[[noreturn]] void refuse(std::string_view text) {
    throw BackendError(
        Code::invalid,
        "image: \"" + archive::short_text(text) + "\" is not repository:tag or repository@digest",
        false);
}

}  // namespace

ImageReference parse_image(std::string_view text) {
    const auto at = text.find('@');
    std::string_view repository = text.substr(0, at);
    const auto colon = repository.rfind(':');
    const bool has_tag =
        colon != std::string_view::npos && repository.find('/', colon) == std::string_view::npos;
    std::string_view version = has_tag ? repository.substr(colon + 1) : std::string_view();
    if (has_tag) repository = repository.substr(0, colon);
    if (has_tag && !all_of(version, "._-")) refuse(text);
    if (at != std::string_view::npos) {
        version = text.substr(at + 1);
        if (version.find(':') == std::string_view::npos) refuse(text);
    }
    // Docker takes "sha256:…" for the id of an image, whatever its names are.
    if (text.size() > max_length || repository == "sha256" || !is_repository(repository) ||
        !all_of(version, "._-:+")) {
        refuse(text);
    }
    return {std::string(repository), std::string(version)};
}

}  // namespace nexus::engine
