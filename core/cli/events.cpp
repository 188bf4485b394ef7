#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "queue/producer.hpp"

namespace nexus::cli {
namespace {

struct Options {
    std::string tenant;  // empty: all
    bool follow = false;
};

// An event for people; empty where it is another tenant's or not what it should be.
std::string shown(const std::string& text, const Options& options, bool as_json) {
    json::Document event;
    event.Parse(text.c_str());
    if (event.HasParseError() || !event.IsObject()) return "";
    try {
        const json::Reader reader(event);
        if (!options.tenant.empty() && reader.string("tenant_id") != options.tenant) return "";
        if (as_json) return text;
        const auto* payload = reader.find("payload");
        return reader.string("created_at") + "  " + reader.string("tenant_id") + "  " +
               reader.string("type") + "  " + (payload != nullptr ? json::to_text(*payload) : "");
    } catch (const json::Error&) {
        return "";
    }
}

int show_events(Client& client, const Options& options, bool as_json) {
    constexpr std::size_t newest = 100;
    constexpr std::chrono::seconds a_wait(5);
    auto events = queue::newest_events(client.connection(), client.keys(), newest);
    std::string last = "0-0";
    while (true) {
        for (const auto& event : events) {
            last = event.id;
            if (const auto text = shown(event.event, options, as_json); !text.empty())
                print_line(text);
        }
        if (!options.follow) return 0;
        events = queue::next_events(client.connection(), client.keys(), last, a_wait);
    }
}

}  // namespace

void add_events(Command program, CommandLine& line) {
    const auto command =
        program.add_subcommand("events", "Show the newest events, and with --follow those to come");
    auto options = std::make_shared<Options>();
    command.add_option("TENANT", options->tenant, "Of this tenant only");
    command.add_flag("-f,--follow", options->follow, "Go on until interrupted");
    command.callback([&line, options] {
        line.run = [&line, options] {
            return with_redis(
                line, [&](Client& client) { return show_events(client, *options, line.json); });
        };
    });
}

}  // namespace nexus::cli
