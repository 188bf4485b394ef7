#include "tenants/event.hpp"

#include "base/json.hpp"

namespace nexus::tenants {

std::string to_json(const TenantEvent& event) {
    json::Writer writer;
    writer.begin_object()
        .member("tenant_id", event.tenant_id.text())
        .member("type", event.type)
        .key("payload")
        .raw(event.payload);
    return writer.member("created_at", format_timestamp(event.created_at)).end_object().text();
}

}  // namespace nexus::tenants
