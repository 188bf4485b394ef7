#include "http/answers.hpp"

#include <algorithm>
#include <exception>
#include <string_view>

#include "base/json.hpp"
#include "http/front_page.hpp"
#include "http/metrics.hpp"

namespace nexus::http {
namespace {

Answer refused(int status, std::string_view error, std::string allow = {}) {
    json::Writer writer;
    writer.begin_object().member("error", error).end_object();
    return {status, writer.text(), std::move(allow)};
}

Answer healthz(StatusSource& source) {
    const Health health = source.health();
    json::Writer writer;
    writer.begin_object()
        .member("ok", health.ok)
        .member("node", health.node)
        .member("version", health.version)
        .member("backend", health.backend)
        .member("uptime_seconds", static_cast<std::int64_t>(health.uptime.count()))
        .end_object();
    return {health.ok ? 200 : 503, writer.text()};
}

Answer readyz(StatusSource& source) {
    const auto checks = source.readiness();
    const bool ok =
        std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.ok; });
    json::Writer writer;
    writer.begin_object().member("ok", ok).begin_object("checks");
    for (const auto& check : checks) {
        writer.begin_object(check.name)
            .member("ok", check.ok)
            .member("message", check.message)
            .end_object();
    }
    writer.end_object().end_object();
    return {ok ? 200 : 503, writer.text()};
}

Answer status(StatusSource& source) {
    const Status status = source.status();
    json::Writer writer;
    writer.begin_object()
        .member("node", status.node)
        .member("version", status.version)
        .member("backend", status.backend)
        .member("uptime_seconds", static_cast<std::int64_t>(status.uptime.count()))
        .member("queue_depth", static_cast<std::int64_t>(status.queued))
        .member("running_jobs", static_cast<std::int64_t>(status.running))
        .begin_array("tenants");
    for (const auto& tenant : status.tenants) {
        writer.begin_object()
            .member("tenant_id", tenant.id)
            .member("desired", tenant.desired)
            .member("observed", tenant.observed)
            .member("since", tenant.since)
            .member("restarts", tenant.restarts)
            .member("image", tenant.image)
            .member("last_error", tenant.last_error)
            .end_object();
    }
    return {200, writer.end_array().end_object().text()};
}

Answer metrics(StatusSource& source) {
    return {200, to_prometheus(source.metrics()), {}, metrics_type};
}

Answer front(StatusSource& /*the page asks the other paths*/) {
    const FrontPage& page = front_page();
    return {200, page.document, {}, "text/html; charset=utf-8", page.policy};
}

using Page = Answer (*)(StatusSource&);

Page page_of(std::string_view path) {
    if (path == "/") return front;
    if (path == "/healthz") return healthz;
    if (path == "/readyz") return readyz;
    if (path == "/status") return status;
    if (path == "/metrics") return metrics;
    return nullptr;
}

}  // namespace

Answer answer(const Request& request, StatusSource& source) {
    const std::string_view target = request.target;
    const Page page = page_of(target.substr(0, target.find('?')));
    if (page == nullptr) return refused(404, "there is nothing at this path");
    if (request.method != "GET") return refused(405, "this path answers GET alone", "GET");
    if (request.has_body) return refused(413, "this path takes no body; send the request without");
    try {
        return page(source);
    } catch (const std::exception&) {
        // What it says may hold anything, and whoever asks may be anybody.
        return refused(500, "the state of the program cannot be told right now");
    }
}

}  // namespace nexus::http
