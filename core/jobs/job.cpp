#include "jobs/job.hpp"

#include <algorithm>
#include <vector>

#include "jobs/schemas.hpp"

namespace nexus::jobs {
namespace {

struct Refusal {
    ErrorCode code;
    std::string message;
};

bool is_container(const json::Value& value) {
    return value.IsObject() || value.IsArray();
}

// A repeated member is read as its first value by one parser and as its last by another: a router
// and a runner could take the same bytes for different tenants.
void refuse_repeated_members(const json::Value& value, const std::string& pointer) {
    if (value.IsArray()) {
        rapidjson::SizeType index = 0;
        for (const auto& element : value.GetArray()) {
            if (is_container(element))
                refuse_repeated_members(element, json::step(pointer, std::to_string(index)));
            ++index;
        }
    } else if (value.IsObject()) {
        std::vector<std::string_view> names;
        for (const auto& member : value.GetObject()) {
            const auto& name =
                names.emplace_back(member.name.GetString(), member.name.GetStringLength());
            if (is_container(member.value))
                refuse_repeated_members(member.value, json::step(pointer, name));
        }
        std::sort(names.begin(), names.end());
        const auto twice = std::adjacent_find(names.begin(), names.end());
        if (twice != names.end()) throw json::Error(json::step(pointer, *twice), "occurs twice");
    }
}

bool is_job_id(std::string_view text) {
    constexpr std::size_t longest = 64;
    return !text.empty() && text.size() <= longest &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '_' || c == '-';
           });
}

bool is_reply_key(std::string_view text, const std::string& prefix) {
    constexpr std::size_t longest = 256;
    const std::string start = prefix + ":reply:";
    return text.size() > start.size() && text.size() <= longest && text.rfind(start, 0) == 0;
}

std::string readable_string(const json::Value& document, const char* name) {
    if (!document.IsObject()) return "";
    const auto member = document.FindMember(name);
    if (member == document.MemberEnd() || !member->value.IsString()) return "";
    return {member->value.GetString(), member->value.GetStringLength()};
}

// What can be told about a job that was refused.
MalformedJob describe(const json::Value& document, const std::string& prefix, Refusal refusal) {
    MalformedJob malformed{refusal.code, std::move(refusal.message), "", "", "", ""};
    const auto id = readable_string(document, "id");
    if (is_job_id(id)) malformed.id = id;
    const auto tenant = readable_string(document, "tenant_id");
    if (config::TenantId::parse(tenant)) malformed.tenant_id = tenant;
    const auto action = readable_string(document, "action");
    if (parse_action(action)) malformed.action = action;
    const auto reply_to = readable_string(document, "reply_to");
    if (is_reply_key(reply_to, prefix)) malformed.reply_to = reply_to;
    return malformed;
}

Job read_job(json::Document& document, const std::string& prefix) {
    refuse_repeated_members(document, "");
    check_job(document);
    const json::Reader reader(document);
    // RapidJSON's pattern ends at a NUL.
    if (!is_job_id(reader.string("id")))
        throw json::Error("/id", "must be letters, digits, _ or -");
    const Action action = *parse_action(reader.string("action"));
    auto tenant = config::TenantId::parse(reader.string("tenant_id"));
    if (!tenant) {
        throw Failure(ErrorCode::invalid_tenant_id,
                      "/tenant_id: must match ^[a-z0-9][a-z0-9_-]{2,63}$ as a whole");
    }
    check_payload(action, document["payload"]);
    Job job{reader.string("id"), action, std::move(*tenant), {}, {}, {}, {}, {}};
    if (const auto text = reader.find_string("deadline")) {
        job.deadline = parse_timestamp(*text);
        if (!job.deadline) throw json::Error("/deadline", "must be an RFC 3339 time");
    }
    if (const auto most = reader.find_integer("max_attempts")) {
        job.max_attempts = static_cast<int>(*most);
    }
    job.reply_to = reader.find_string("reply_to").value_or("");
    if (!job.reply_to.empty() && !is_reply_key(job.reply_to, prefix)) {
        throw json::Error("/reply_to", "must begin with " + prefix + ":reply:");
    }
    job.node = reader.find_string("node").value_or("");
    if (!job.node.empty() && action != Action::provision) {
        throw json::Error(
            "/node", "only provision may ask for a node; other actions go where the tenant is");
    }
    job.payload = json::to_text(document["payload"]);
    return job;
}

}  // namespace

std::variant<Job, MalformedJob> parse_job(std::string_view bytes, const std::string& prefix) {
    json::Document document;
    try {
        document = json::parse(bytes, job_limits);
        return read_job(document, prefix);
    } catch (const json::Error& error) {
        return describe(document, prefix, {ErrorCode::invalid_job, error.what()});
    } catch (const Failure& failure) {
        return describe(document, prefix, {failure.code(), failure.what()});
    }
}

}  // namespace nexus::jobs
