#include <rapidjson/schema.h>

#include <mutex>

#include "base/json.hpp"

namespace nexus::json {
namespace {

const Value* rule_of(const Value& schema, std::string_view keyword) {
    if (!schema.IsObject()) return nullptr;
    const auto found =
        schema.FindMember(Value(rapidjson::StringRef(keyword.data(), keyword.size())));
    return found == schema.MemberEnd() ? nullptr : &found->value;
}

std::string missing(const Value* required, const Value& object) {
    std::string names;
    if (required == nullptr || !required->IsArray() || !object.IsObject()) return names;
    for (const auto& name : required->GetArray()) {
        if (!object.HasMember(name)) names += (names.empty() ? ": " : ", ") + to_text(name);
    }
    return names;
}

// What the schema asks for at the place that did not fit, in words.
std::string explain(const Value& schema, std::string_view keyword, const Value& found) {
    const Value* rule = rule_of(schema, keyword);
    const std::string wanted = rule == nullptr ? "" : to_text(*rule);
    if (keyword == "required") return "a member is missing" + missing(rule, found);
    if (keyword == "additionalProperties") return "this member is not known here";
    if (keyword == "type") return "must be of type " + wanted;
    if (keyword == "enum") return "must be one of " + wanted;
    if (keyword == "pattern") return "must match " + wanted;
    return "breaks the rule " + std::string(keyword) + (wanted.empty() ? "" : " " + wanted);
}

std::string text_of(const rapidjson::Pointer& pointer) {
    rapidjson::StringBuffer buffer;
    pointer.Stringify(buffer);
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

struct Schema::Compiled {
    explicit Compiled(Document text) : source(std::move(text)), document(source) {}
    Document source;
    rapidjson::SchemaDocument document;
    std::mutex mutex;  // a pattern keeps the states of its match in itself
};

Schema::Schema(std::string_view text) {
    try {
        compiled_ = std::make_unique<Compiled>(parse(text, own_files));
    } catch (const Error& error) {
        throw std::logic_error(std::string("the JSON Schema is not usable: ") + error.what());
    }
}

Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

void Schema::check(const Value& value, const std::string& pointer) const {
    const std::scoped_lock lock(compiled_->mutex);
    rapidjson::SchemaValidator validator(compiled_->document);
    if (value.Accept(validator)) return;
    const std::string keyword = validator.GetInvalidSchemaKeyword();
    const auto place = validator.GetInvalidDocumentPointer();
    const Value* schema = validator.GetInvalidSchemaPointer().Get(compiled_->source);
    const Value* found = place.Get(value);
    static const Value nothing;
    throw Error(pointer + text_of(place), explain(schema != nullptr ? *schema : nothing, keyword,
                                                  found != nullptr ? *found : nothing));
}

}  // namespace nexus::json
