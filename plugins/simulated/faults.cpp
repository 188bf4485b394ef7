#include "faults.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "timestamp.hpp"
#include "wait.hpp"

namespace simulated {
namespace {

using nexus::BackendError;
using nexus::CallContext;
using nexus::Code;

struct JournalLine {
    std::string op;
    std::string tenant;
    std::string at;
};

template <typename Visit, nexus::codec::Is<JournalLine> T>
void members(Visit& visit, T& value) {
    visit("op", value.op);
    visit("tenant", value.tenant);
    visit("at", value.at);
}

BackendError journal_failure(const std::string& path) {
    return {Code::internal,
            "the journal " + path + " cannot be written: " + std::generic_category().message(errno),
            false};
}

// "NOT_FOUND" and so on; the schema lets no other word through.
Code code_of(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (auto code = Code::not_found; code < Code::internal;
         code = static_cast<Code>(static_cast<std::int32_t>(code) + 1)) {
        if (to_string(code) == word) return code;
    }
    return Code::internal;
}

bool is_retryable(Code code) {
    return code == Code::unavailable || code == Code::timeout || code == Code::exhausted;
}

}  // namespace

Faults::Faults(const Config& config) : config_(config) {
    if (config_.journal.empty()) return;
    journal_ = ::open(config_.journal.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (journal_ < 0) throw journal_failure(config_.journal);
}

Faults::~Faults() {
    if (journal_ >= 0) ::close(journal_);
}

void Faults::write_journal(const CallContext& ctx, std::string_view op) const {
    if (journal_ < 0) return;
    const std::string line =
        nexus::codec::encode(JournalLine{std::string(op), ctx.tenant, timestamp()}) + '\n';
    // One write: lines of other threads and processes stay whole beside it.
    if (::write(journal_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        throw journal_failure(config_.journal);
    }
}

void Faults::meet(const CallContext& ctx, std::string_view op) const {
    write_journal(ctx, op);
    const auto tenant = config_.tenants.find(ctx.tenant);
    if (tenant == config_.tenants.end()) {
        return pause(ctx, std::chrono::milliseconds(config_.latency_ms));
    }
    const TenantFaults& faults = tenant->second;
    // No other plugin may end the process. Here it is what the tests of a crash ask for.
    constexpr int killed = 137;
    if (std::find(faults.crash.begin(), faults.crash.end(), op) != faults.crash.end()) {
        ::_exit(killed);
    }
    pause(ctx, std::chrono::milliseconds(faults.latency_ms.value_or(config_.latency_ms)));
    const auto fail = faults.fail.find(std::string(op));
    if (fail == faults.fail.end()) return;
    const Code code = code_of(fail->second);
    throw BackendError(code, "simulated failure of " + fail->first + " for tenant " + ctx.tenant,
                       is_retryable(code));
}

}  // namespace simulated
