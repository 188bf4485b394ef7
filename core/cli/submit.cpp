#include <fstream>
#include <iostream>
#include <iterator>

#include "app/start_failure.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "cli/client.hpp"
#include "cli/command.hpp"
#include "cli/progress_line.hpp"
#include "jobs/job.hpp"
#include "queue/producer.hpp"

namespace nexus::cli {
namespace {

struct Options {
    std::string action;
    std::string tenant;
    std::string payload;  // file name, or "-"
    std::string image;
    std::string snapshot;
    std::string node;
    std::string id;
    bool wait = false;
    double timeout_seconds =
        900;  // a pull (PULL_TIMEOUT) and a job (JOB_TIMEOUT), with room to queue
};

std::string read_payload(const std::string& name) {
    if (name.empty()) return "{}";
    if (name == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    std::ifstream file(name, std::ios::binary);
    if (!file) throw app::StartFailure(app::exit_usage, "--payload: " + name + " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

// An option that was given comes before the file.
void set_member(json::Document& payload, const char* name, const std::string& value) {
    if (value.empty()) return;
    auto& memory = payload.GetAllocator();
    payload.RemoveMember(name);
    payload.AddMember(rapidjson::StringRef(name), json::Value(value, memory), memory);
}

json::Document payload_of(const Options& options) {
    try {
        auto payload = json::parse(read_payload(options.payload), jobs::job_limits);
        if (!payload.IsObject()) throw json::Error("", "must be a JSON object");
        set_member(payload, "nexus_image", options.image);
        set_member(payload, "snapshot", options.snapshot);
        return payload;
    } catch (const json::Error& error) {
        throw app::StartFailure(app::exit_usage, std::string("--payload: ") + error.what());
    }
}

// The job's text, checked as a runner would, so that a mistake is told here and not as a dead
// letter.
std::string job_of(const Options& options, const std::string& reply_to, const std::string& prefix) {
    json::Writer writer;
    writer.begin_object()
        .member("v", 1)
        .member("id", options.id)
        .member("action", options.action)
        .member("tenant_id", options.tenant)
        .key("payload")
        .raw(json::to_text(payload_of(options)));
    if (!options.node.empty()) writer.member("node", options.node);
    if (options.wait) writer.member("reply_to", reply_to);
    std::string text = writer.end_object().text();
    const auto parsed = jobs::parse_job(text, prefix);
    if (const auto* malformed = std::get_if<jobs::MalformedJob>(&parsed)) {
        throw app::StartFailure(app::exit_usage, malformed->message);
    }
    return text;
}

// As far as a producer's Redis user may see.
std::string standing(Client& client, const std::string& id) {
    const auto ledger = queue::read_ledger(client.connection(), client.keys(), id);
    if (ledger.count("state") == 0) return "taken in by no runner yet";
    const auto node = ledger.find("node");
    return ledger.at("state") + (node == ledger.end() ? "" : " on node " + node->second);
}

std::string progress(const Options& options, std::chrono::steady_clock::time_point since,
                     const std::string& standing) {
    const auto waited =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - since);
    return "waiting for " + options.action + " of " + options.tenant + ": " +
           std::to_string(waited.count()) + " s, " + standing;
}

int wait_for(Client& client, const Options& options, const std::string& reply_to, bool as_json) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::seconds a_look(1);
    const auto since = Clock::now();
    const auto until = since + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(options.timeout_seconds));
    ProgressLine shown;
    while (Clock::now() < until) {
        shown.show(progress(options, since, standing(client, options.id)));
        if (const auto result = queue::wait_for_result(client.connection(), reply_to, a_look)) {
            shown.clear();
            print_object(*result, as_json);
            json::Document document;
            document.Parse(result->c_str());
            const bool succeeded = document.IsObject() && document.HasMember("status") &&
                                   document["status"].IsString() &&
                                   document["status"] == "succeeded";
            return succeeded ? app::exit_done : app::exit_failed;
        }
    }
    throw app::StartFailure(
        app::exit_failed,
        "no result came within the time of --timeout, and the job goes on: it is " +
            standing(client, options.id) +
            "; see whether a runner is there: nexus-runner nodes, and what "
            "becomes of it: nexus-runner job " +
            options.id);
}

int submit(Client& client, const Options& options, bool as_json) {
    const auto& keys = client.keys();
    const std::string reply_to = keys.reply(options.id);
    queue::submit(client.connection(), keys, job_of(options, reply_to, keys.prefix));
    if (options.wait) return wait_for(client, options, reply_to, as_json);
    json::Writer writer;
    writer.begin_object().member("job_id", options.id).end_object();
    print_line(as_json ? writer.text() : options.id);
    return app::exit_done;
}

}  // namespace

void add_submit(Command program, CommandLine& line) {
    const auto command = program.add_subcommand("submit", "Add a job to the queue");
    auto options = std::make_shared<Options>();
    command
        .add_option(
            "ACTION", options->action,
            "provision, start, stop, restart, pair_start, whatsapp_disconnect, apply_config, "
            "health, backup, restore or delete")
        .required();
    command.add_option("TENANT", options->tenant, "The tenant's id").required();
    command.add_option("--payload", options->payload,
                       "File with the payload as JSON, - for standard input (default: {}); see: "
                       "nexus-runner schema "
                       "ACTION");
    command.add_option("--image", options->image, "The payload's nexus_image: a pinned reference");
    command.add_option("--snapshot", options->snapshot,
                       "The payload's snapshot (restore only): the id of a backup, or latest");
    command.add_option("--node", options->node, "The node asked for (provision only)");
    command.add_option("--id", options->id,
                       "The job's id, which makes it idempotent (default: a new one)");
    command.add_flag("--wait", options->wait,
                     "Wait for the result, print it, and exit 1 where the job failed");
    command.add_option("--timeout", options->timeout_seconds, "With --wait: seconds (default: 900)")
        .positive();
    command.callback([&line, options] {
        line.run = [&line, options] {
            if (options->id.empty()) options->id = make_id();
            return with_redis(line,
                              [&](Client& client) { return submit(client, *options, line.json); });
        };
    });
}

}  // namespace nexus::cli
