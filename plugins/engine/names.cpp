#include "engine/names.hpp"

#include <algorithm>
#include <nexus/backend.hpp>

#include "archive/text.hpp"

namespace nexus::engine {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

void require_name(std::string_view kind, std::string_view name) {
    const bool good = name.size() > 1 && name.size() <= 255 && is_alphanumeric(name.front()) &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                          return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
                      });
    if (good) return;
    throw BackendError(Code::invalid,
                       std::string(kind) + " name \"" + archive::short_text(name) +
                           "\": use 2 to 255 letters, digits and \"_.-\", and begin with a letter "
                           "or a digit",
                       false);
}

bool could_be_id(std::string_view name) {
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace nexus::engine
