#include "engine/request.hpp"

#include <nexus/codec.hpp>

namespace nexus::engine {
namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string Answer::header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? "" : found->second;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
            result += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        result += '%';
        result += digits[byte >> 4U];
        result += digits[byte & 0x0FU];
    }
    return result;
}

std::string with_query(std::string path, const Query& query) {
    char separator = '?';
    for (const auto& [name, value] : query) {
        path += separator + percent_encode(name) + "=" + percent_encode(value);
        separator = '&';
    }
    return path;
}

std::string filters(const std::map<std::string, std::vector<std::string>>& values) {
    return codec::encode(values);
}

}  // namespace nexus::engine
