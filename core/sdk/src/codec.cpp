#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <nexus/codec.hpp>

namespace nexus::codec {
namespace {

using Utf8 = rapidjson::UTF8<>;

constexpr unsigned parse_flags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

const rapidjson::Value& json(const void* value) {
    return *static_cast<const rapidjson::Value*>(value);
}

rapidjson::SizeType narrow(std::size_t size) {
    return static_cast<rapidjson::SizeType>(size);  // what is longer than max_bytes never gets here
}

// Whether a code point begins at the stream's position. If not, the stream stops anywhere.
bool take_code_point(rapidjson::MemoryStream& stream) {
    unsigned code_point = 0;
    return Utf8::Decode(stream, &code_point);
}

// Replaces every byte that belongs to no code point. An engine's message may hold anything, and one
// bad byte must not cost the whole reply.
std::string repaired(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        rapidjson::MemoryStream stream(text.data(), text.size());
        const bool good = take_code_point(stream);
        const std::size_t taken = good ? stream.Tell() : 1;
        result += good ? text.substr(0, taken) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(taken);
    }
    return result;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
}

bool is_utf8(std::string_view text) {
    if (is_ascii(text)) return true;
    rapidjson::MemoryStream stream(text.data(), text.size());
    while (stream.Tell() < text.size()) {
        if (!take_code_point(stream)) return false;
    }
    return true;
}

// A document that ends the parsing where it nests too deep.
class BoundedDocument : public rapidjson::Document {
  public:
    explicit BoundedDocument(AllocatorType& memory) : rapidjson::Document(&memory) {}
    // NOLINTBEGIN(readability-identifier-naming): what the parser calls
    bool StartObject() { return deeper() && rapidjson::Document::StartObject(); }
    bool StartArray() { return deeper() && rapidjson::Document::StartArray(); }
    bool EndObject(rapidjson::SizeType count) {
        --depth_;
        return rapidjson::Document::EndObject(count);
    }
    bool EndArray(rapidjson::SizeType count) {
        --depth_;
        return rapidjson::Document::EndArray(count);
    }
    // NOLINTEND(readability-identifier-naming)

  private:
    bool deeper() { return ++depth_ <= max_depth; }
    unsigned depth_ = 0;
};

}  // namespace

struct Writer::Buffer {
    rapidjson::StringBuffer text;
    rapidjson::Writer<rapidjson::StringBuffer> writer{text};
};

Writer::Writer() : buffer_(std::make_unique<Buffer>()) {}
Writer::~Writer() = default;

void Writer::write(std::string_view text) {
    if (!is_utf8(text)) return write(repaired(text));
    buffer_->writer.String(text.data() == nullptr ? "" : text.data(), narrow(text.size()));
}

void Writer::write(std::int64_t number) {
    buffer_->writer.Int64(number);
}

void Writer::write(bool truth) {
    buffer_->writer.Bool(truth);
}

std::string Writer::text() const {
    return {buffer_->text.GetString(), buffer_->text.GetSize()};
}

void Writer::key(std::string_view name) {
    write(name);
}

void Writer::begin_object() {
    buffer_->writer.StartObject();
}

void Writer::end_object() {
    buffer_->writer.EndObject();
}

void Writer::begin_array() {
    buffer_->writer.StartArray();
}

void Writer::end_array() {
    buffer_->writer.EndArray();
}

void Reader::read(std::string& text) const {
    if (!json(value_).IsString()) fail("must be a string");
    text.assign(json(value_).GetString(), json(value_).GetStringLength());
}

void Reader::read(std::int64_t& number) const {
    if (!json(value_).IsInt64()) fail("must be an integer");
    number = json(value_).GetInt64();
}

void Reader::read(bool& truth) const {
    if (!json(value_).IsBool()) fail("must be true or false");
    truth = json(value_).GetBool();
}

bool Reader::is_null() const {
    return json(value_).IsNull();
}

void Reader::fail(std::string_view problem) const {
    std::string where = place();
    throw Malformed((where.empty() ? "the document" : where) + " " + std::string(problem));
}

std::string Reader::place() const {
    if (outer_ == nullptr) return "";
    return outer_->place() + "/" + (index_ ? std::to_string(*index_) : std::string(name_));
}

const void* Reader::find(std::string_view name) const {
    const rapidjson::Value key(rapidjson::StringRef(name.data(), narrow(name.size())));
    const auto member = json(value_).FindMember(key);
    return member == json(value_).MemberEnd() || member->value.IsNull() ? nullptr : &member->value;
}

std::size_t Reader::elements() const {
    if (!json(value_).IsArray()) fail("must be an array");
    return json(value_).Size();
}

const void* Reader::element(std::size_t index) const {
    return &json(value_)[narrow(index)];
}

std::size_t Reader::size() const {
    if (!json(value_).IsObject()) fail("must be an object");
    return json(value_).MemberCount();
}

std::string_view Reader::name_of(std::size_t index) const {
    const auto& name = (json(value_).MemberBegin() + static_cast<std::ptrdiff_t>(index))->name;
    return {name.GetString(), name.GetStringLength()};
}

const void* Reader::value_of(std::size_t index) const {
    return &(json(value_).MemberBegin() + static_cast<std::ptrdiff_t>(index))->value;
}

// Most documents fit into `room`: they take no memory of their own. A large one takes few pieces,
// which go back to the system one by one; small ones would leave holes in the heap.
struct Document::Parsed {
    static constexpr std::size_t least_chunk = 4096;
    explicit Parsed(std::size_t text)
        : memory{room.data(), room.size(), std::max(text, least_chunk)} {}
    alignas(std::max_align_t) std::array<char, 2048> room;
    BoundedDocument::AllocatorType memory;
    BoundedDocument document{memory};
};

Document::Document(std::string_view text)
    : parsed_(std::make_unique<Parsed>(std::min(text.size(), max_bytes))) {
    if (text.size() > max_bytes) {
        throw Malformed("the document has more than " + std::to_string(max_bytes) + " bytes");
    }
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    BoundedDocument& document = parsed_->document;
    auto parse = [&](rapidjson::Document& /*the same*/) {
        return !reader.Parse<parse_flags>(stream, document).IsError();
    };
    document.Populate(parse);
    if (reader.GetParseErrorCode() == rapidjson::kParseErrorTermination) {
        throw Malformed("the document nests deeper than " + std::to_string(max_depth) + " levels");
    }
    if (reader.HasParseError()) {
        throw Malformed(std::string("the document is not valid JSON: ") +
                        rapidjson::GetParseError_En(reader.GetParseErrorCode()) + " (at byte " +
                        std::to_string(reader.GetErrorOffset()) + ")");
    }
    // The parser takes a NUL for the end.
    if (stream.Tell() != text.size()) throw Malformed("the document goes on behind its end");
}

Document::~Document() = default;

Reader Document::root() const {
    const rapidjson::Value* value = &parsed_->document;
    return {value, nullptr, std::string_view{}};
}

}  // namespace nexus::codec
