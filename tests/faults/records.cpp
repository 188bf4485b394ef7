#include "records.hpp"

#include <string_view>

#include "base/json.hpp"

namespace nexus::faults {
namespace {

template <typename Read>
auto read_lines(std::string_view text, Read read) {
    std::vector<decltype(read(std::declval<const json::Reader&>()))> lines;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        const auto document = json::parse(text.substr(0, end), json::own_files);
        lines.push_back(read(json::Reader(document)));
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::optional<WallTime> read_time(const json::Reader& reader, std::string_view name) {
    const auto text = reader.find_string(name);
    return text ? parse_timestamp(*text) : std::nullopt;
}

std::vector<std::string> names_in(const json::Document& document, const char* member) {
    std::vector<std::string> names;
    for (const auto& entry : document[member].GetObject())
        names.emplace_back(entry.name.GetString());
    return names;
}

}  // namespace

std::vector<Begun> read_journal(const std::string& text) {
    return read_lines(text, [](const json::Reader& line) {
        return Begun{line.string("op"), line.string("tenant"), line.string("job")};
    });
}

std::vector<Effect> read_effects(const std::string& text) {
    return read_lines(text, [](const json::Reader& line) {
        return Effect{line.string("op"), line.string("object"), line.string("tenant"),
                      line.string("job")};
    });
}

Result read_result(const std::string& text) {
    const auto document = json::parse(text, json::own_files);
    const json::Reader reader(document);
    Result result{reader.string("job_id"),        reader.string("status"),         "", "",
                  read_time(reader, "queued_at"), read_time(reader, "finished_at")};
    if (const auto error = reader.find_object("error")) {
        result.code = error->string("code");
        result.message = error->string("message");
    }
    return result;
}

EngineState read_engine(const std::string& text) {
    if (text.empty()) return {};
    const auto document = json::parse(text, json::own_files);
    EngineState engine;
    for (const auto& container : document["containers"].GetObject()) {
        engine.containers[container.name.GetString()] =
            container.value["state"]["phase"].GetString();
    }
    engine.volumes = names_in(document, "volumes");
    engine.networks = names_in(document, "networks");
    return engine;
}

}  // namespace nexus::faults
