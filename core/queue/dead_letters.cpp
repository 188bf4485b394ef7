#include "queue/dead_letters.hpp"

#include <functional>

#include "config/characters.hpp"
#include "queue/scripts.hpp"

namespace nexus::queue {
namespace {

constexpr std::size_t page_size = 20;  // a job may have a megabyte, and Redis looks into each

redis::Error odd_answer(const char* script) {
    return {redis::ErrorKind::protocol, std::string("the ") + script + " script answered oddly"};
}

DeadLetter to_letter(const redis::Reply& reply) {
    constexpr std::size_t parts_of_letter = 10;  // dead_list.lua
    const auto& parts = reply.array();
    if (parts.size() != parts_of_letter) throw odd_answer("dead_list");
    return {parts[0].text(), parts[1].text(), parts[2].text(), parts[3].text(), parts[4].text(),
            parts[5].text(), parts[6].text(), parts[7].text(), parts[8].text(), parts[9].integer()};
}

// Shows one letter after the other to `look` until it returns false or there are no more.
void scan(redis::Connection& connection, const Keys& keys, std::string_view order, std::string from,
          const std::function<bool(DeadLetter)>& look) {
    const std::string most = std::to_string(page_size);
    while (true) {
        const auto page =
            dead_list_script().run(connection, {keys.dead}, {order, from, most}).array();
        for (const auto& entry : page) {
            auto letter = to_letter(entry);
            from = "(" + letter.id;
            if (!look(std::move(letter))) return;
        }
        if (page.size() < page_size) return;
    }
}

bool fits(const DeadLetter& letter, const std::string& reason) {
    return reason.empty() || letter.reason == reason;
}

Requeued to_requeued(const std::string& word) {
    if (word == "requeued") return Requeued::done;
    if (word == "gone") return Requeued::gone;
    if (word == "malformed") return Requeued::malformed;
    throw odd_answer("requeue");
}

}  // namespace

bool is_dead_letter_id(std::string_view text) {
    constexpr std::size_t longest_number = 20;  // of 64 bits
    const auto is_number = [](std::string_view part) {
        return !part.empty() && part.size() <= longest_number &&
               config::all_are(part, config::is_digit);
    };
    const auto [millis, sequence] = config::cut(text, '-');
    return is_number(millis) && sequence && is_number(*sequence);
}

std::vector<DeadLetter> newest_dead_letters(redis::Connection& connection, const Keys& keys,
                                            const std::string& reason, std::size_t most) {
    std::vector<DeadLetter> letters;
    if (most == 0) return letters;
    scan(connection, keys, "newest", "+", [&](DeadLetter letter) {
        if (fits(letter, reason)) letters.push_back(std::move(letter));
        return letters.size() < most;
    });
    return letters;
}

std::vector<std::string> dead_letter_ids(redis::Connection& connection, const Keys& keys,
                                         const std::string& reason) {
    std::vector<std::string> ids;
    scan(connection, keys, "oldest", "-", [&](DeadLetter letter) {
        if (fits(letter, reason)) ids.push_back(std::move(letter.id));
        return true;
    });
    return ids;
}

std::optional<Fields> read_dead_letter(redis::Connection& connection, const Keys& keys,
                                       const std::string& id) {
    const auto found = connection.call(redis::Command("XRANGE", keys.dead, id, id)).array();
    if (found.empty() || found[0].array().size() != 2) return std::nullopt;
    const auto& parts = found[0].array()[1].array();
    Fields fields;
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2)
        fields.emplace_back(parts[i].text(), parts[i + 1].text());
    return fields;
}

std::vector<Requeued> requeue_dead_letters(redis::Connection& connection, const Keys& keys,
                                           const std::vector<std::string>& ids) {
    std::vector<std::string_view> arguments{keys.prefix};
    arguments.insert(arguments.end(), ids.begin(), ids.end());
    const auto answers =
        requeue_script().run(connection, {keys.dead, keys.intake}, arguments).array();
    if (answers.size() != ids.size()) throw odd_answer("requeue");
    std::vector<Requeued> requeued;
    for (const auto& answer : answers)
        requeued.push_back(to_requeued(answer.text()));
    return requeued;
}

std::vector<bool> drop_dead_letters(redis::Connection& connection, const Keys& keys,
                                    const std::vector<std::string>& ids) {
    std::vector<redis::Command> commands;
    commands.reserve(ids.size());
    for (const auto& id : ids)
        commands.emplace_back("XDEL", keys.dead, id);
    std::vector<bool> dropped;
    for (const auto& reply : connection.pipeline(commands))
        dropped.push_back(reply.integer() == 1);
    return dropped;
}

}  // namespace nexus::queue
