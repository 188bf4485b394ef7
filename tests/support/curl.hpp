// One HTTP call over a unix socket, by the curl program. Threads: any.
#pragma once

#include <string>
#include <vector>

namespace nexus::test {

struct HttpReply {
    int status;
    std::string body;
};

// `endpoint` is unix:///path, `headers` are whole lines. Throws std::runtime_error where no answer
// comes.
HttpReply curl(const std::string& endpoint, const std::string& method, const std::string& path,
               const std::string& body = {}, const std::vector<std::string>& headers = {});

// Text as a part of a URL's query.
std::string url_encoded(const std::string& text);

}  // namespace nexus::test
