#include "cli/node_page.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>

namespace nexus::cli {
namespace {

namespace net = Poco::Net;

constexpr json::Limits page_limits{64U << 20U, 16};  // some 10,000 tenants are 3 MB

// Where a server that listens on every address can be reached from the same machine.
std::string near_host(const std::string& host) {
    if (host == "0.0.0.0") return "127.0.0.1";
    return host == "::" ? "::1" : host;
}

// At most so many bytes of the answer; empty where it is no 200.
std::string get(const config::Settings& settings, const std::string& path, std::size_t most) {
    constexpr long patience_seconds = 3;
    const auto& address = settings.listen_address;
    net::HTTPClientSession session(near_host(address.host), address.port);
    session.setTimeout(Poco::Timespan(patience_seconds, 0));
    net::HTTPRequest request(net::HTTPRequest::HTTP_GET, path, net::HTTPMessage::HTTP_1_1);
    session.sendRequest(request);
    net::HTTPResponse response;
    std::istream& body = session.receiveResponse(response);
    if (response.getStatus() != net::HTTPResponse::HTTP_OK) return {};
    std::string text(most, '\0');
    body.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(body.gcount()));
    return text;
}

}  // namespace

std::optional<json::Document> read_status(const config::Settings& settings) {
    try {
        const auto text = get(settings, "/status", page_limits.bytes);
        if (text.empty()) return std::nullopt;
        return json::parse(text, page_limits);
    } catch (const Poco::Exception&) {
        return std::nullopt;
    } catch (const json::Error&) {
        return std::nullopt;
    }
}

bool is_healthy(const config::Settings& settings) {
    constexpr std::size_t enough = 1024;
    try {
        return !get(settings, "/healthz", enough).empty();
    } catch (const Poco::Exception&) {
        return false;
    }
}

}  // namespace nexus::cli
