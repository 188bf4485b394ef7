#include "base/log.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/json.hpp"
#include "base/timestamp.hpp"

namespace nexus {
namespace {

constexpr std::string_view blot = "***";

using CleanFields = std::vector<Log::Field>;

// Control characters would let a message from outside begin a line of its own.
void append_printable(std::string& line, std::string_view text) {
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        line += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
}

std::string text_line(LogLevel level, std::string_view message, const CleanFields& fields) {
    std::string line = format_timestamp(wall_now());
    line += ' ';
    line += to_string(level);
    line += ": ";
    append_printable(line, message);
    for (const auto& [name, value] : fields) {
        line += ' ';
        line += name;
        line += '=';
        append_printable(line, value);
    }
    return line;
}

std::string json_line(LogLevel level, std::string_view message, const CleanFields& fields) {
    json::Writer writer;
    writer.begin_object()
        .member("time", format_timestamp(wall_now()))
        .member("level", to_string(level))
        .member("message", message);
    for (const auto& [name, value] : fields)
        writer.member(name, value);
    return writer.end_object().text();
}

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::trace:
            return "trace";
        case LogLevel::debug:
            return "debug";
        case LogLevel::information:
            return "information";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
        case LogLevel::critical:
            break;
    }
    return "critical";
}

void Redactor::add(std::string secret) {
    constexpr std::size_t shortest = 4;
    if (secret.size() < shortest) return;
    const std::scoped_lock lock(mutex_);
    secrets_.push_back(std::move(secret));
    std::stable_sort(secrets_.begin(), secrets_.end(),
                     [](const auto& one, const auto& other) { return one.size() > other.size(); });
}

void Redactor::add(const std::vector<std::string>& secrets) {
    for (const auto& secret : secrets)
        add(secret);
}

std::string Redactor::clean(std::string text) const {
    const std::scoped_lock lock(mutex_);
    for (const auto& secret : secrets_) {
        for (auto at = text.find(secret); at != std::string::npos;
             at = text.find(secret, at + blot.size())) {
            text.replace(at, secret.size(), blot);
        }
    }
    return text;
}

Log::Log(int fd, LogLevel least, LogFormat format, const Redactor& redactor)
    : fd_(fd), least_(least), format_(format), redactor_(redactor) {}

void Log::write(LogLevel level, std::string_view message, Fields fields) {
    if (!enabled(level)) return;
    // Cleaned before it is written as JSON, whose escapes would hide a secret from the search.
    const std::string clean_message = redactor_.clean(std::string(message));
    CleanFields clean_fields;
    for (const auto& [name, value] : fields)
        clean_fields.emplace_back(name, redactor_.clean(value));
    std::string line = format_ == LogFormat::text ? text_line(level, clean_message, clean_fields)
                                                  : json_line(level, clean_message, clean_fields);
    line += '\n';
    std::string_view rest = line;
    while (!rest.empty()) {
        const auto written = ::write(fd_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;  // a log that cannot be written has nowhere to say so
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace nexus
