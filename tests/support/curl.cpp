#include "support/curl.hpp"

#include <cctype>
#include <stdexcept>
#include <string_view>

#include "support/process.hpp"

namespace nexus::test {

HttpReply curl(const std::string& endpoint, const std::string& method, const std::string& path,
               const std::string& body, const std::vector<std::string>& headers) {
    const std::string scheme = "unix://";
    if (!endpoint.starts_with(scheme)) throw std::runtime_error(endpoint + " is no unix:// path");
    std::vector<std::string> argv{"curl",
                                  "-sS",
                                  "--max-time",
                                  "120",
                                  "-X",
                                  method,
                                  "--unix-socket",
                                  endpoint.substr(scheme.size()),
                                  "-w",
                                  "\n%{http_code}",
                                  "http://engine" + path};
    for (const auto& header : headers)
        argv.insert(argv.end(), {"-H", header});
    if (!body.empty()) {
        argv.insert(argv.end(), {"-H", "Content-Type: application/json", "--data-binary", body});
    }
    if (method == "HEAD") argv.emplace_back("--head");
    const auto done = run({.argv = argv}, std::chrono::seconds(130));
    if (done.code != 0) throw std::runtime_error("curl " + method + " " + path + ": " + done.err);
    const auto last = done.out.rfind('\n');
    return {std::stoi(done.out.substr(last + 1)), done.out.substr(0, last)};
}

std::string url_encoded(const std::string& text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
            result.push_back(c);
        } else {
            result.append({'%', digits[byte >> 4U], digits[byte & 15U]});
        }
    }
    return result;
}

}  // namespace nexus::test
