#include "journal.hpp"

#include "timestamp.hpp"

namespace simulated {
namespace {

struct JournalLine {
    std::string op;
    std::string tenant;
    std::string job;
    std::string at;
};

struct EffectLine {
    std::string op;
    std::string object;
    std::string tenant;
    std::string job;
    std::string at;
};

template <typename Visit, nexus::codec::Is<JournalLine> T>
void members(Visit& visit, T& value) {
    visit("op", value.op);
    visit("tenant", value.tenant);
    visit("job", value.job);
    visit("at", value.at);
}

template <typename Visit, nexus::codec::Is<EffectLine> T>
void members(Visit& visit, T& value) {
    visit("op", value.op);
    visit("object", value.object);
    visit("tenant", value.tenant);
    visit("job", value.job);
    visit("at", value.at);
}

}  // namespace

Journal::Journal(const Config& config)
    : journal_("journal", config.journal), effects_("effects", config.effects) {}

void Journal::begin(const nexus::CallContext& ctx, std::string_view op) const {
    if (!journal_.wanted()) return;
    journal_.write(nexus::codec::encode(
        JournalLine{std::string(op), ctx.tenant, ctx.operation_id, timestamp()}));
}

void Journal::changed(const nexus::CallContext& ctx, std::string_view op,
                      std::string_view object) const {
    if (!effects_.wanted()) return;
    effects_.write(nexus::codec::encode(EffectLine{std::string(op), std::string(object), ctx.tenant,
                                                   ctx.operation_id, timestamp()}));
}

}  // namespace simulated
