#include "config/secrets.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "config/characters.hpp"
#include "config/redis_url.hpp"

namespace nexus::config {
namespace {

bool sounds_secret(std::string_view name) {
    constexpr std::array<std::string_view, 5> words{"password", "secret", "token", "credential",
                                                    "key"};
    const std::string lower = lower_case(name);
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
}

struct Place {
    const json::Value* value;
    bool secret;  // it, or something round it, has a name that sounds so
};

void step_into(Place place, std::vector<Place>& places) {
    if (place.value->IsObject()) {
        for (const auto& member : place.value->GetObject()) {
            const std::string_view name(member.name.GetString(), member.name.GetStringLength());
            places.push_back({&member.value, place.secret || sounds_secret(name)});
        }
    } else if (place.value->IsArray()) {
        for (const auto& element : place.value->GetArray())
            places.push_back({&element, place.secret});
    }
}

std::vector<std::string> json_secrets(std::string_view text) {
    std::vector<std::string> secrets{std::string(text)};
    try {
        const auto document = json::parse(text, json::own_files);
        std::vector<Place> places{{&document, false}};
        while (!places.empty()) {
            const Place place = places.back();
            places.pop_back();
            if (place.secret && place.value->IsString()) {
                secrets.emplace_back(place.value->GetString(), place.value->GetStringLength());
            }
            step_into(place, places);
        }
    } catch (const json::Error&) {
        // The loader tells of it; there is nothing to look into.
    }
    return secrets;
}

}  // namespace

std::vector<std::string> secrets_of(std::string_view setting, std::string_view text) {
    return setting == "BACKEND_CONFIG" ? json_secrets(text) : redis_url_secrets(text);
}

}  // namespace nexus::config
