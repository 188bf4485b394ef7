// The grammar of image references, as the engines read them; what is allowed beyond the grammar
// stands in image_ref. Threads: any.
#pragma once

#include <optional>
#include <string_view>

#include "config/characters.hpp"

namespace nexus::config {

struct ImageParts {  // views of the text that was parsed; empty where a part is not there
    std::string_view registry;
    std::string_view repository;
    std::string_view tag;
    std::string_view digest;
};

// Nothing where the text is malformed.
std::optional<ImageParts> parse_image(std::string_view text);

// A first component that names a registry and not a folder: it has a dot or a port, or is
// localhost.
bool is_registry(std::string_view text);
bool is_repository(std::string_view text);  // components of lower-case letters and digits
bool is_tag(std::string_view text);

}  // namespace nexus::config
