#include "conformance/report.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace nexus::conformance {
namespace {

using Kind = Outcome::Kind;

std::ptrdiff_t count(const std::vector<Result>& results, Kind kind) {
    return std::count_if(results.begin(), results.end(),
                         [kind](const Result& result) { return result.outcome.kind == kind; });
}

// A control character is allowed neither on a terminal nor in XML 1.0.
std::string printable(std::string_view text) {
    std::string result = to_utf8(text);
    std::replace_if(
        result.begin(), result.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return result;
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : printable(text)) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

std::string seconds(std::chrono::milliseconds time) {
    const std::string digits = std::to_string(time.count() % 1000);
    return std::to_string(time.count() / 1000) + "." + std::string(3 - digits.size(), '0') + digits;
}

std::string padded(std::string_view text, std::size_t width) {
    std::string result(text);
    result.resize(std::max(width, result.size()), ' ');
    return result;
}

const char* word(Kind kind) {
    switch (kind) {
        case Kind::passed:
            return "PASS";
        case Kind::not_applicable:
            return "SKIP";
        case Kind::failed:
            break;
    }
    return "FAIL";
}

}  // namespace

std::string_view to_string(Kind kind) noexcept {
    switch (kind) {
        case Kind::passed:
            return "passed";
        case Kind::not_applicable:
            return "not_applicable";
        case Kind::failed:
            break;
    }
    return "failed";
}

std::string to_line(const Result& result) {
    constexpr std::size_t widest_name = 20;
    std::string line = std::string(word(result.outcome.kind)) + "  " +
                       padded(result.check.name, widest_name) + "  " +
                       std::string(result.check.rule);
    if (result.outcome.kind == Kind::passed) {
        return line + " (" + std::to_string(result.outcome.took.count()) + " ms)";
    }
    return line + "\n      " + printable(result.outcome.reason);
}

std::string to_summary(const std::vector<Result>& results) {
    return std::to_string(results.size()) +
           " checks: " + std::to_string(count(results, Kind::passed)) + " passed, " +
           std::to_string(count(results, Kind::failed)) + " failed, " +
           std::to_string(count(results, Kind::not_applicable)) + " do not apply";
}

std::string to_json(const Options& options, const std::vector<Result>& results) {
    json::Writer writer;
    writer.begin_object()
        .member("file", options.file)
        .member("passed", static_cast<std::int64_t>(count(results, Kind::passed)))
        .member("failed", static_cast<std::int64_t>(count(results, Kind::failed)))
        .member("not_applicable", static_cast<std::int64_t>(count(results, Kind::not_applicable)))
        .begin_array("checks");
    for (const auto& [check, outcome] : results) {
        writer.begin_object()
            .member("name", std::string(check.name))
            .member("rule", std::string(check.rule))
            .member("outcome", std::string(to_string(outcome.kind)))
            .member("reason", outcome.reason)
            .member("duration_ms", static_cast<std::int64_t>(outcome.took.count()))
            .end_object();
    }
    return writer.end_array().end_object().text();
}

std::string to_junit(const Options& options, const std::vector<Result>& results) {
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"" +
                      escaped(options.file) + "\" tests=\"" + std::to_string(results.size()) +
                      "\" failures=\"" + std::to_string(count(results, Kind::failed)) +
                      "\" skipped=\"" + std::to_string(count(results, Kind::not_applicable)) +
                      "\">\n";
    for (const auto& [check, outcome] : results) {
        xml += "  <testcase classname=\"plugin\" name=\"" + escaped(check.name) + "\" time=\"" +
               seconds(outcome.took) + "\">";
        if (outcome.kind == Kind::failed) {
            xml += "<failure message=\"" + escaped(outcome.reason) + "\">" + escaped(check.rule) +
                   "</failure>";
        } else if (outcome.kind == Kind::not_applicable) {
            xml += "<skipped message=\"" + escaped(outcome.reason) + "\"/>";
        }
        xml += "</testcase>\n";
    }
    return xml + "</testsuite>\n";
}

bool all_passed(const std::vector<Result>& results) {
    return count(results, Kind::failed) == 0;
}

}  // namespace nexus::conformance
