#include "refusals.hpp"

#include <cctype>

namespace simulated {

using nexus::BackendError;
using nexus::Code;

BackendError refusal(Code code, const std::string& message) {
    return {code, message, false};
}

void require_name(const std::string& name, const char* kind) {
    if (name.empty()) throw refusal(Code::invalid, std::string("a ") + kind + " needs a name");
}

void require_object_name(const std::string& name, const char* kind) {
    require_name(name, kind);
    const bool good = std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
                      name.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
                          std::string::npos;
    if (good) return;
    throw refusal(Code::invalid, std::string(kind) + " name \"" + name +
                                     "\": use letters, digits and \"_.-\", and begin with a letter "
                                     "or a digit");
}

}  // namespace simulated
