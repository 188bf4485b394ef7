#include "config/sources.hpp"

#include <exception>
#include <functional>
#include <utility>

#include "base/files.hpp"
#include "config/setting_rules.hpp"

namespace nexus::config {
namespace {

using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

std::optional<std::string> not_empty(std::optional<std::string> text) {
    if (text && text->empty()) return std::nullopt;
    return text;
}

std::string without_line_end(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

Found read_secret(const std::string& name, const std::string& path) {
    constexpr std::size_t most = 64U << 10U;
    // What is no path may be the secret itself, and is not shown.
    if (const auto problem = path_problem(path)) {
        return {"", "secret file",
                name + " " + *problem + ". It names the file that holds the secret"};
    }
    Found found{"", "secret file " + path, std::nullopt};
    try {
        auto text = read_file(path, most);
        if (!text) {
            found.problem = name + " names " + path + ", which is not there; mend the path";
            return found;
        }
        found.text = without_line_end(std::move(*text));
        if (found.text.empty()) {
            found.problem = name + " names " + path + ", which is empty; write the secret into it";
        }
    } catch (const std::exception& error) {
        found.problem = name + " names a file that cannot be read: " + error.what();
    }
    return found;
}

// What one layer says, in which the setting is called `name`.
std::optional<Found> find_in(const Lookup& layer, const std::string& name,
                             const std::string& file_name, bool secret, const std::string& source) {
    auto text = not_empty(layer(name));
    const auto path = secret ? not_empty(layer(file_name)) : std::nullopt;
    if (text && path) {
        return Found{"", source, name + " and " + file_name + " are both set; remove one of them"};
    }
    if (text) return Found{std::move(*text), source, std::nullopt};
    if (path) return read_secret(file_name, *path);
    return std::nullopt;
}

}  // namespace

std::optional<Found> find_setting(const SettingRow& row, const Surroundings& here,
                                  const Properties& properties) {
    const std::string name(row.name);
    if (auto found = find_in(here.variable, name, name + "_FILE", row.secret, "environment")) {
        return found;
    }
    const Lookup file = [&](const std::string& key) -> std::optional<std::string> {
        const auto at = properties.values.find(key);
        if (at == properties.values.end()) return std::nullopt;
        return at->second;
    };
    return find_in(file, row.key(), row.key() + "_file", row.secret, "file " + properties.path);
}

}  // namespace nexus::config
