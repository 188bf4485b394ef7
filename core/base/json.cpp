#include "base/json.hpp"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cmath>

#include "base/utf8.hpp"

namespace nexus::json {
namespace {

// Not kParseFullPrecisionFlag: with it RapidJSON 1.1.0 reads "0e52" as 7.7e25, and a fraction of
// more than 18 digits as anything (its issues 1249 and 2326). Without it the last digits of a long
// fraction may be others.
constexpr unsigned parse_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

// Follows the brackets outside of strings, so that the depth is known before anything is parsed.
class DepthMeter {
  public:
    unsigned depth_after(char c) {
        if (in_string_) {
            pass_in_string(c);
        } else if (c == '"') {
            in_string_ = true;
        } else if (c == '{' || c == '[') {
            ++depth_;
        } else if ((c == '}' || c == ']') && depth_ > 0) {
            --depth_;
        }
        return depth_;
    }

  private:
    void pass_in_string(char c) {
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            in_string_ = false;
        }
    }

    unsigned depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

bool deeper_than(std::string_view text, unsigned depth) {
    DepthMeter meter;
    return std::any_of(text.begin(), text.end(),
                       [&](char c) { return meter.depth_after(c) > depth; });
}

}  // namespace

Error::Error(std::string pointer, const std::string& problem)
    : std::runtime_error(pointer.empty() ? problem : pointer + ": " + problem),
      pointer_(std::move(pointer)) {}

Document parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes) {
        throw Error("", "the document has " + std::to_string(text.size()) + " bytes; at most " +
                            std::to_string(limits.bytes) + " are allowed");
    }
    if (deeper_than(text, limits.depth)) {
        throw Error("",
                    "the document nests deeper than " + std::to_string(limits.depth) + " levels");
    }
    // RapidJSON would take this byte for the end of the text, and never see what follows.
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        throw Error("", "not valid JSON: a NUL byte (at byte " + std::to_string(nul) + ")");
    }
    Document document;
    document.Parse<parse_flags>(text.data(), text.size());
    if (document.HasParseError()) {
        throw Error("", std::string("not valid JSON: ") +
                            rapidjson::GetParseError_En(document.GetParseError()) + " (at byte " +
                            std::to_string(document.GetErrorOffset()) + ")");
    }
    return document;
}

std::string to_text(const Value& value) {
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

std::string step(std::string_view pointer, std::string_view name) {
    std::string result(pointer);
    result += '/';
    for (char c : name) {
        if (c == '~') {
            result += "~0";
        } else if (c == '/') {
            result += "~1";
        } else {
            result += c;
        }
    }
    return result;
}

Reader::Reader(const Value& value, std::string pointer)
    : value_(&value), pointer_(std::move(pointer)) {
    if (!value.IsObject()) throw Error(pointer_, "must be an object");
}

const Value* Reader::find(std::string_view name) const {
    const Value key(rapidjson::StringRef(name.data(), name.size()));
    const auto member = value_->FindMember(key);
    if (member == value_->MemberEnd() || member->value.IsNull()) return nullptr;
    return &member->value;
}

const Value& Reader::require(std::string_view name) const {
    const Value* found = find(name);
    if (found == nullptr) throw Error(pointer(name), "is missing");
    return *found;
}

std::string Reader::string(std::string_view name) const {
    const Value& found = require(name);
    if (!found.IsString()) throw Error(pointer(name), "must be a string");
    return {found.GetString(), found.GetStringLength()};
}

std::int64_t Reader::integer(std::string_view name) const {
    const Value& found = require(name);
    if (!found.IsInt64()) throw Error(pointer(name), "must be an integer");
    return found.GetInt64();
}

bool Reader::boolean(std::string_view name) const {
    const Value& found = require(name);
    if (!found.IsBool()) throw Error(pointer(name), "must be true or false");
    return found.GetBool();
}

std::optional<std::string> Reader::find_string(std::string_view name) const {
    if (!has(name)) return std::nullopt;
    return string(name);
}

std::optional<std::int64_t> Reader::find_integer(std::string_view name) const {
    if (!has(name)) return std::nullopt;
    return integer(name);
}

std::optional<double> Reader::find_number(std::string_view name) const {
    const Value* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!found->IsNumber()) throw Error(pointer(name), "must be a number");
    return found->GetDouble();
}

std::optional<bool> Reader::find_boolean(std::string_view name) const {
    if (!has(name)) return std::nullopt;
    return boolean(name);
}

std::optional<Reader> Reader::find_object(std::string_view name) const {
    const Value* found = find(name);
    if (found == nullptr) return std::nullopt;
    return Reader(*found, pointer(name));
}

std::map<std::string, std::string> Reader::strings(std::string_view name) const {
    std::map<std::string, std::string> result;
    const auto object = find_object(name);
    if (!object) return result;
    for (const auto& member : object->value_->GetObject()) {
        const std::string key(member.name.GetString(), member.name.GetStringLength());
        result.insert_or_assign(key, object->string(key));
    }
    return result;
}

Writer& Writer::begin_object() {
    writer_.StartObject();
    return *this;
}

Writer& Writer::end_object() {
    writer_.EndObject();
    return *this;
}

Writer& Writer::begin_array() {
    writer_.StartArray();
    return *this;
}

Writer& Writer::end_array() {
    writer_.EndArray();
    return *this;
}

Writer& Writer::key(std::string_view name) {
    if (!is_utf8(name)) return key(std::string_view(to_utf8(name)));
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
}

Writer& Writer::value(std::string_view text) {
    if (!is_utf8(text)) return value(std::string_view(to_utf8(text)));
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return *this;
}

Writer& Writer::value(std::int64_t number) {
    writer_.Int64(number);
    return *this;
}

Writer& Writer::value(double number) {
    if (!std::isfinite(number)) return null();  // JSON has no word for it
    writer_.Double(number);
    return *this;
}

Writer& Writer::value(bool truth) {
    writer_.Bool(truth);
    return *this;
}

Writer& Writer::null() {
    writer_.Null();
    return *this;
}

Writer& Writer::raw(std::string_view json) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
}

Writer& Writer::member(std::string_view name, const std::map<std::string, std::string>& strings) {
    begin_object(name);
    for (const auto& [key_text, value_text] : strings)
        member(key_text, value_text);
    return end_object();
}

}  // namespace nexus::json
