// What `/` answers: /status, /readyz and /healthz for people, in one document that fetches them and
// nothing else. Threads: any.
#pragma once

#include <string>

namespace nexus::http {

struct FrontPage {
    std::string document;
    std::string policy;  // its Content-Security-Policy
};

const FrontPage& front_page();

}  // namespace nexus::http
