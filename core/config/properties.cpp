#include "config/properties.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/Exception.h>
#include <Poco/Util/PropertyFileConfiguration.h>

#include <algorithm>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "base/files.hpp"

namespace nexus::config {
namespace {

using File = Poco::Util::PropertyFileConfiguration;

constexpr std::size_t longest_word = 64;

// A dot in a key makes it a key of a key; the list grows while it is walked.
std::vector<std::string> all_keys(const File& file) {
    std::vector<std::string> ranges;
    file.keys(ranges);
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const std::string range = ranges[i];
        if (file.has(range)) keys.push_back(range);
        File::Keys below;
        file.keys(range, below);
        for (const auto& step : below)
            ranges.push_back(std::string(range).append(1, '.').append(step));
    }
    return keys;
}

std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

Properties read_properties(const std::string& path) {
    constexpr std::size_t most = 1U << 20U;
    const auto text = read_file(path, most);
    if (!text) {
        throw std::runtime_error(path + " is not there; name an existing settings file");
    }
    Properties properties{path, {}};
    try {
        std::istringstream input(*text);
        const Poco::AutoPtr<File> file(new File(input));  // counts its own references
        for (const auto& key : all_keys(*file)) {
            // Raw: a password may hold "${", which is no reference to another key.
            properties.values[key] = file->getRawString(key);
        }
    } catch (const Poco::Exception& error) {
        throw std::runtime_error(path + " is no properties file: " + error.name());
    }
    return properties;
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    const auto bounded = word.substr(0, longest_word);
    return *std::min_element(known.begin(), known.end(), [&](const auto& one, const auto& other) {
        return distance(bounded, one) < distance(bounded, other);
    });
}

}  // namespace nexus::config
