// Rules for settings that have no type of their own: paths, names, flags, choices. Each gives back
// the value, or why the text is none, with the mend. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/parsed.hpp"
#include "config/settings.hpp"

namespace nexus::config {

Parsed<bool> parse_flag(std::string_view text);    // "true" or "false"
Parsed<double> parse_cpus(std::string_view text);  // decimal, 0.01 to 1024
Parsed<Isolation> parse_isolation(std::string_view text);
Parsed<BackupConsistency> parse_backup_consistency(std::string_view text);
Parsed<LogLevel> parse_log_level(std::string_view text);
Parsed<LogFormat> parse_log_format(std::string_view text);

std::optional<std::string> path_problem(std::string_view text);  // absolute, no "..", not "/"
std::optional<std::string> network_name_problem(std::string_view text);
std::optional<std::string> queue_prefix_problem(std::string_view text);
std::optional<std::string> master_name_problem(std::string_view text);
std::optional<std::string> backend_problem(std::string_view text);
std::optional<std::string> endpoint_problem(std::string_view text);
std::optional<std::string> json_object_problem(std::string_view text);
std::optional<std::string> private_ip_problem(std::string_view text);

}  // namespace nexus::config
