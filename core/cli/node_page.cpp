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

std::string get(const std::string& host, std::uint16_t port, const std::string& path) {
    constexpr long patience_seconds = 3;
    net::HTTPClientSession session(host, port);
    session.setTimeout(Poco::Timespan(patience_seconds, 0));
    net::HTTPRequest request(net::HTTPRequest::HTTP_GET, path, net::HTTPMessage::HTTP_1_1);
    session.sendRequest(request);
    net::HTTPResponse response;
    std::istream& body = session.receiveResponse(response);
    if (response.getStatus() != net::HTTPResponse::HTTP_OK) return {};
    std::string text(page_limits.bytes, '\0');
    body.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(body.gcount()));
    return text;
}

}  // namespace

std::optional<json::Document> read_status(const config::Settings& settings) {
    try {
        const auto& address = settings.listen_address;
        const auto text = get(near_host(address.host), address.port, "/status");
        if (text.empty()) return std::nullopt;
        return json::parse(text, page_limits);
    } catch (const Poco::Exception&) {
        return std::nullopt;
    } catch (const json::Error&) {
        return std::nullopt;
    }
}

}  // namespace nexus::cli
