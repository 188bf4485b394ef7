#include "config/setting_rules.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "base/json.hpp"
#include "config/characters.hpp"
#include "config/host_port.hpp"

namespace nexus::config {
namespace {

using Problem = std::optional<std::string>;

template <typename T, std::size_t Count>
Parsed<T> choose(std::string_view text,
                 const std::array<std::pair<std::string_view, T>, Count>& of) {
    std::string names;
    for (const auto& [name, value] : of) {
        if (text == name) return value;
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return "must be one of " + names;
}

// 1 to 128 letters, digits and some of `joints`, beginning with a letter or digit.
bool is_name(std::string_view text, std::string_view joints) {
    constexpr std::size_t longest = 128;
    return !text.empty() && text.size() <= longest && is_alnum(text.front()) &&
           all_are(text, [joints](char c) {
               return is_alnum(c) || joints.find(c) != std::string_view::npos;
           });
}

}  // namespace

Parsed<bool> parse_flag(std::string_view text) {
    return choose<bool, 2>(text, {{{"true", true}, {"false", false}}});
}

Parsed<double> parse_cpus(std::string_view text) {
    constexpr double least = 0.01;
    constexpr double most = 1024;
    double value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (read.ec != std::errc{} || read.ptr != end || !(value >= least && value <= most)) {
        return "must be a number of processors from 0.01 to 1024; write it like 0.8";
    }
    return value;
}

Parsed<Isolation> parse_isolation(std::string_view text) {
    return choose<Isolation, 2>(
        text, {{{"isolated", Isolation::isolated}, {"shared", Isolation::shared}}});
}

Parsed<BackupConsistency> parse_backup_consistency(std::string_view text) {
    return choose<BackupConsistency, 3>(text, {{{"pause", BackupConsistency::pause},
                                                {"stop", BackupConsistency::stop},
                                                {"none", BackupConsistency::none}}});
}

Parsed<LogLevel> parse_log_level(std::string_view text) {
    return choose<LogLevel, 6>(text, {{{"trace", LogLevel::trace},
                                       {"debug", LogLevel::debug},
                                       {"information", LogLevel::information},
                                       {"warning", LogLevel::warning},
                                       {"error", LogLevel::error},
                                       {"critical", LogLevel::critical}}});
}

Parsed<LogFormat> parse_log_format(std::string_view text) {
    return choose<LogFormat, 2>(text, {{{"text", LogFormat::text}, {"json", LogFormat::json}}});
}

Problem path_problem(std::string_view text) {
    constexpr std::size_t longest = 4095;
    if (text.empty() || text.front() != '/') return "must be an absolute path; begin it with '/'";
    if (text.size() > longest) return "is longer than 4095 bytes";
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::any_of(text.begin(), text.end(), control)) {
        return "holds a control character; write a plain path";
    }
    const auto steps = split(text, '/');
    if (std::find(steps.begin(), steps.end(), "..") != steps.end()) {
        return "must not hold '..'; write the path without it";
    }
    if (text.find_first_not_of('/') == std::string_view::npos) {
        return "must not be the root folder; name a folder or file below it";
    }
    return std::nullopt;
}

Problem network_name_problem(std::string_view text) {
    if (is_name(text, "_.-")) return std::nullopt;
    return "must be a network's name: letters, digits, '_', '.' and '-', like runner_internal";
}

Problem queue_prefix_problem(std::string_view text) {
    constexpr std::size_t longest = 64;
    const bool tagged = text.size() > 2 && text.front() == '{' && text.back() == '}';
    const auto name = tagged ? text.substr(1, text.size() - 2) : text;
    if (is_name(name, "_.-") && name.size() <= longest) return std::nullopt;
    return "must be 1 to 64 of letters, digits, '_', '.' and '-', in braces for Redis Cluster; "
           "write nexus or {nexus}";
}

Problem master_name_problem(std::string_view text) {
    if (is_name(text, "_.-")) return std::nullopt;
    return "must be the master's name at the sentinels: letters, digits, '_', '.' and '-'";
}

Problem backend_problem(std::string_view text) {
    if (text.find('/') == std::string_view::npos) {
        if (is_name(text, "_-")) return std::nullopt;
        return "must be a plugin's name, like docker, or the absolute path of a .so";
    }
    if (!text.ends_with(".so")) return "is a path that does not end in .so; name the plugin's file";
    return path_problem(text);
}

// Schemes other than these two are the plugin's to understand.
Problem endpoint_problem(std::string_view text) {
    constexpr std::string_view separator = "://";
    const auto at = text.find(separator);
    if (at == std::string_view::npos || at == 0) {
        return "has no scheme; write it like unix:///var/run/docker.sock or tcp://127.0.0.1:2375";
    }
    const auto rest = text.substr(at + separator.size());
    if (rest.find('@') != std::string_view::npos) {
        return "must not hold credentials; put them into BACKEND_CONFIG";
    }
    const auto scheme = text.substr(0, at);
    if (scheme == "unix") return path_problem(rest);
    if (scheme != "tcp") return std::nullopt;
    auto place = parse_host_port(rest);
    if (auto* problem = std::get_if<std::string>(&place)) return std::move(*problem);
    return std::nullopt;
}

Problem json_object_problem(std::string_view text) {
    try {
        if (json::parse(text, json::own_files).IsObject()) return std::nullopt;
        return R"(must be a JSON object; write it like {"name": "value"})";
    } catch (const json::Error& error) {
        return std::string("must be a JSON object; ") + error.what();
    }
}

Problem private_ip_problem(std::string_view text) {
    if (auto problem = host_address_problem(text)) return problem;
    if (!is_public_host(text)) return std::nullopt;
    return "is a public address; name the control machine by its private one, like 10.0.0.2";
}

}  // namespace nexus::config
