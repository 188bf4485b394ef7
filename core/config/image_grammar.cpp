#include "config/image_grammar.hpp"

#include "config/host_port.hpp"

namespace nexus::config {
namespace {

// Letters and digits, joined by one '.', one or two '_', or any number of '-'.
bool is_path_component(std::string_view text) {
    if (text.empty() || !is_lower_alnum(text.front()) || !is_lower_alnum(text.back())) return false;
    while (!text.empty()) {
        const auto end = text.find_first_of("._-");
        const auto word = text.substr(0, end);
        if (!all_are(word, is_lower_alnum)) return false;
        text.remove_prefix(word.size());
        const auto joint = text.substr(0, text.find_first_not_of("._-"));
        const bool plain = joint.empty() || joint == "." || joint == "_" || joint == "__" ||
                           all_are(joint, [](char c) { return c == '-'; });
        if (!plain) return false;
        text.remove_prefix(joint.size());
    }
    return true;
}

bool is_domain_label(std::string_view text) {
    return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) &&
           all_are(text, [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_hex(std::string_view text) {
    return all_are(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

// The two algorithms that registries use.
bool is_digest(std::string_view text) {
    constexpr std::size_t sha256 = 64;
    constexpr std::size_t sha512 = 128;
    const auto [algorithm, hex] = cut(text, ':');
    if (!hex || !is_hex(*hex)) return false;
    return (algorithm == "sha256" && hex->size() == sha256) ||
           (algorithm == "sha512" && hex->size() == sha512);
}

}  // namespace

bool is_registry(std::string_view text) {
    const auto [domain, port] = cut(text, ':');
    if (domain != "localhost" && domain.find('.') == std::string_view::npos && !port) return false;
    if (port && !parse_port(*port)) return false;
    const auto labels = split(domain, '.');
    return std::all_of(labels.begin(), labels.end(), is_domain_label);
}

bool is_repository(std::string_view text) {
    const auto components = split(text, '/');
    return std::all_of(components.begin(), components.end(), is_path_component);
}

bool is_tag(std::string_view text) {
    constexpr std::size_t longest = 128;
    const auto word = [](char c) { return is_alnum(c) || c == '_'; };
    return !text.empty() && text.size() <= longest && word(text.front()) &&
           all_are(text, [&](char c) { return word(c) || c == '.' || c == '-'; });
}

std::optional<ImageParts> parse_image(std::string_view text) {
    constexpr std::size_t longest_name = 255;
    constexpr std::size_t longest = 512;  // a name, a tag and the longer digest
    if (text.size() > longest) return std::nullopt;
    ImageParts parts;
    const auto [before, digest] = cut(text, '@');
    if (digest && !is_digest(*digest)) return std::nullopt;
    parts.digest = digest.value_or("");
    std::string_view name = before;
    const auto slash = name.rfind('/');
    const auto colon = name.find(':', slash == std::string_view::npos ? 0 : slash);
    if (colon != std::string_view::npos) {
        parts.tag = name.substr(colon + 1);
        if (!is_tag(parts.tag)) return std::nullopt;
        name = name.substr(0, colon);
    }
    if (name.size() > longest_name) return std::nullopt;
    parts.repository = name;
    const auto [first, rest] = cut(name, '/');
    if (rest && is_registry(first)) {
        parts.registry = first;
        parts.repository = *rest;
    }
    if (!is_repository(parts.repository)) return std::nullopt;
    return parts;
}

}  // namespace nexus::config
