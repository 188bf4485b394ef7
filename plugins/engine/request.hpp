// One HTTP request to an engine as a value, and the pieces to build its target from.
// Threads: as plain values.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nexus::engine {

struct Request {
    std::string method;
    std::string target;                               // path and query, percent-encoded
    std::string body = {};                            // JSON, or empty
    std::map<std::string, std::string> headers = {};  // may hold credentials: for no message
    // Whether sending it twice ends in the same place as sending it once.
    bool idempotent = true;
    // Where there is one, its bytes to their end are the body; only once, so not idempotent.
    int body_fd = -1;

    // "GET /info": for messages, without the query.
    std::string label() const { return method + " " + target.substr(0, target.find('?')); }
};

inline constexpr const char* tar_content = "application/x-tar";

struct Answer {
    int status = 0;
    std::map<std::string, std::string> headers;  // by lower-case names
    std::string body;

    bool succeeded() const { return status >= 200 && status < 300; }
    std::string header(const std::string& lower_case_name) const;
};

// Percent-encodes everything but letters, digits and "-._~", and the bytes in `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = "");

using Query = std::vector<std::pair<std::string, std::string>>;
std::string with_query(std::string path, const Query& query);

// The `filters` of both engines' listings: {"name": ["value", ...]} as JSON.
std::string filters(const std::map<std::string, std::vector<std::string>>& values);

}  // namespace nexus::engine
