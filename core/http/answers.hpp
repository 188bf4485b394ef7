// What a request is answered, as a value: nothing here knows of sockets. Threads: any, as far as
// the StatusSource allows.
#pragma once

#include <string>

#include "http/status_source.hpp"

namespace nexus::http {

struct Request {
    std::string method;
    std::string target;  // as the client sent it, still encoded, with the query
    bool has_body = false;
};

struct Answer {
    int status = 500;
    std::string body;
    std::string allow = {};  // the Allow header; empty: none
    std::string type = "application/json";
    std::string policy = {};  // the Content-Security-Policy header; empty: none
};

// 404 for a path that is not known, byte for byte; 405 for a known one with another method than
// GET; 413 for a body, since no path here takes one; 500 where the source throws.
Answer answer(const Request& request, StatusSource& source);

}  // namespace nexus::http
