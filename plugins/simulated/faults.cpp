#include "faults.hpp"

#include <unistd.h>

#include <algorithm>

#include "wait.hpp"

namespace simulated {
namespace {

using nexus::BackendError;
using nexus::CallContext;
using nexus::Code;

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

void Faults::meet(const CallContext& ctx, std::string_view op) const {
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
