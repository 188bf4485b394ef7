#include "queue/pull.hpp"

#include <array>

#include "base/timestamp.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr std::size_t values_per_entry = 7;  // of the script's answer
constexpr std::size_t values_in_front = 4;

[[noreturn]] void throw_odd(const char* what) {
    throw redis::Error(redis::ErrorKind::protocol, std::string("the pull script answered ") + what);
}

Word parse_word(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Word>, 7> words{
        {{"run", Word::run},
         {"ended", Word::ended},
         {"elsewhere", Word::elsewhere},
         {"in_use", Word::in_use},
         {"cancelled", Word::cancelled},
         {"no_node", Word::no_node},
         {"draining", Word::draining}}};
    for (const auto& [name, word] : words) {
        if (name == text) return word;
    }
    throw_odd("with a word that is not known");
}

Entry to_entry(redis::Reply* part) {
    return {std::move(part[0]).text(), std::move(part[1]).text(),
            std::move(part[2]).text(), parse_word(part[3].text()),
            std::move(part[4]).text(), static_cast<int>(part[5].integer()),
            !part[6].text().empty()};
}

}  // namespace

Pulled pull(redis::Connection& connection, const Keys& keys, const std::string& epoch,
            const PullPosition& from, std::size_t most, const std::vector<std::string>& gone) {
    const std::string now = format_timestamp(wall_now());
    const std::string count = std::to_string(most);
    std::vector<std::string_view> arguments{keys.prefix, keys.node,        epoch,      now, count,
                                            from.cursor, from.last_cancel, from.newest};
    arguments.insert(arguments.end(), gone.begin(), gone.end());
    auto parts = pull_script().run(connection, {keys.intake}, arguments).array();
    if (parts.size() < values_in_front ||
        (parts.size() - values_in_front) % values_per_entry != 0) {
        throw_odd("in pieces");
    }
    Pulled pulled;
    for (const auto& id : parts[1].array())
        pulled.cancels.push_back(id.text());
    pulled.last_cancel = parts[2].text();
    pulled.delivered = parts[3].text();
    pulled.released = parts[0].integer() == 1;
    for (std::size_t i = values_in_front; i < parts.size(); i += values_per_entry)
        pulled.entries.push_back(to_entry(&parts[i]));
    return pulled;
}

}  // namespace nexus::queue
