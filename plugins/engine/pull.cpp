#include "engine/pull.hpp"

#include "archive/text.hpp"
#include "engine/line_splitter.hpp"

namespace nexus::engine {
namespace {

constexpr std::chrono::seconds between_reports(2);

}  // namespace

void PullProgress::fail(std::string_view sentence) {
    if (error_) return;
    const std::string text = archive::short_text(sentence);
    error_ = text.empty() ? "the engine gave no reason" : text;
}

bool RateLimit::passes(Clock::time_point now) {
    if (now - last_ < interval_) return false;
    last_ = now;
    return true;
}

void pull(const CallContext& ctx, ApiClient& client, const PluginHost& host, const Request& request,
          const std::string& what, PullProgress& progress) {
    host.log(NEXUS_LOG_INFORMATION, what);
    RateLimit rate(between_reports, RateLimit::Clock::now());
    LineSplitter lines([&](std::string_view line) {
        try {
            progress.line(line);
        } catch (const codec::Malformed& problem) {
            throw unreadable(client.engine(), request, problem);
        }
        if (rate.passes(RateLimit::Clock::now())) {
            host.log(NEXUS_LOG_INFORMATION, what + ": " + progress.summary());
        }
    });
    client.stream(ctx, request, what, [&lines](std::string_view piece) { lines.feed(piece); });
    lines.finish();
    if (progress.error()) throw client.failure(*progress.error(), what);
    if (!progress.succeeded()) {
        throw BackendError(Code::unavailable, what + ": the engine stopped before it was done",
                           true);
    }
    host.log(NEXUS_LOG_INFORMATION, what + ": done, " + progress.summary());
}

}  // namespace nexus::engine
