#include "integration/killing_ground.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "integration/kill_steps.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

using std::chrono::seconds;

constexpr const char* node = "killed";
constexpr seconds patience(60);

// The points of a job's walk outside core/tenants that belong to its verb.
const std::set<std::string> edges{"after_begin_noted", "after_verb"};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

std::string object(const std::string& tenant, const char* what) {
    return "tenant_" + tenant + "_" + what;
}

Environment environment(const ContainerEngine& engine) {
    auto env = on_engine(engine);
    env["NODE_NAME"] = node;
    return env;
}

}  // namespace

KillingGround::KillingGround()
    : runner(redis, environment(engine)),
      steps_(steps_of_tenants()),
      bad_image_(engine.image("nexus-test-exits:1.0.0",
                              {R"(CMD ["sh", "-c", "echo cannot go on; exit 3"])"})),
      good_image_(engine.image("nexus-test-second:1.0.0",
                               {"HEALTHCHECK --interval=1s CMD true", "LABEL second=yes"})) {
    clear();
}

KillingGround::~KillingGround() {
    clear();
}

std::set<std::string> KillingGround::play(const Deed& deed) {
    CAPTURE(deed.name);
    const auto since = std::chrono::steady_clock::now();
    if (deed.before.empty()) clear();
    const auto first = tenants(1).front();
    prepare(deed, {first});
    auto all = passages(deed, first);
    std::set<std::string> came_by;
    for (const auto& passage : all)
        came_by.insert(passage.substr(0, passage.find(':')));
    thin_out(all, deeds_++);
    auto others = tenants(1 + all.size());
    others.erase(others.begin());
    prepare(deed, others);
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(all[i]);
        const auto job = begin(deed, others[i]);
        die_at(all[i]);
        runner.launch();
        expect_done(deed, others[i], job);
        runner.kill();
    }
    MESSAGE(engine.kind()
            << ", " << deed.name << ": " << all.size() << " kills in "
            << std::chrono::duration_cast<seconds>(std::chrono::steady_clock::now() - since).count()
            << " s");
    return came_by;
}

KillingGround::Tenants KillingGround::tenants(std::size_t count) {
    made_ = std::max(made_, count);
    Tenants names;
    for (std::size_t i = 0; i < count; ++i)
        names.push_back("kill-" + std::to_string(i));
    return names;
}

void KillingGround::leave_half_done(const std::string& tenant, const Request& job,
                                    const std::string& passage) {
    add(tenant, job);
    die_at(passage);
    redis.cli({"FLUSHALL"});
}

void KillingGround::prepare(const Deed& deed, const Tenants& some) {
    if (deed.before.empty()) return;
    runner.launch();
    for (const auto& request : deed.before) {
        std::vector<std::string> ids;
        for (const auto& tenant : some)
            ids.push_back(add(tenant, request));
        for (const auto& id : ids) {
            const auto result = answer(id);
            CAPTURE(result);
            REQUIRE(contains(result, R"("succeeded")"));
        }
    }
    runner.kill();
    for (const auto& tenant : some)
        mark_volumes(tenant);
}

// The id of the job that was added.
std::string KillingGround::add(const std::string& tenant, const Request& request) {
    const auto id = request.action + "-" + std::to_string(++jobs_);
    redis.cli({"XADD", "nexus:jobs", "*", "job",
               R"({"id":")" + id + R"(","action":")" + request.action + R"(","tenant_id":")" +
                   tenant + R"(","payload":)" + request.payload + R"(,"reply_to":"nexus:reply:)" +
                   id + "\"}"});
    return id;
}

std::string KillingGround::answer(const std::string& id) const {
    auto reply = redis.cli({"BLPOP", "nexus:reply:" + id, std::to_string(patience.count())});
    const auto line = reply.find('\n');
    CAPTURE(id);
    CAPTURE(runner.last_words());
    REQUIRE(line != std::string::npos);
    return reply.substr(line + 1);
}

// The id of the deed's job; empty where there is none.
std::string KillingGround::begin(const Deed& deed, const std::string& tenant) {
    if (deed.damage) deed.damage(*this, tenant);
    return deed.job.action.empty() ? "" : add(tenant, deed.job);
}

// The steps that a deed comes by from the start of the process on, each with its number.
std::vector<std::string> KillingGround::passages(const Deed& deed, const std::string& tenant) {
    const TempDir folder;
    write_file(folder / "log", "");
    const auto job = begin(deed, tenant);
    runner.env()["NEXUS_KILL_LOG"] = folder / "log";
    runner.launch();
    runner.env().erase("NEXUS_KILL_LOG");
    expect_done(deed, tenant, job);
    // What the reconciler does has ended when the tenant's next job has its turn.
    if (job.empty()) answer(add(tenant, {"health"}));
    runner.kill();
    std::map<std::string, int> seen;
    std::vector<std::string> passages;
    for (const auto& name : lines_of(read_file(folder / "log"))) {
        const bool is_edge = edges.contains(name) && !job.empty();
        if (!steps_.contains(name) && !is_edge) continue;
        passages.push_back(name + ":" + std::to_string(++seen[name]));
    }
    return passages;
}

void KillingGround::die_at(const std::string& passage) {
    runner.env()["NEXUS_KILL_AT"] = passage;
    runner.launch();
    runner.env().erase("NEXUS_KILL_AT");
    const auto code = runner.process().wait(patience);
    CAPTURE(runner.last_words());
    REQUIRE(code);
    REQUIRE(*code == 128 + SIGKILL);
}

void KillingGround::expect_done(const Deed& deed, const std::string& tenant,
                                const std::string& job) const {
    if (!job.empty()) {
        const auto result = parsed(answer(job));
        CAPTURE(at(result, "/error/message"));
        const bool failed = at(result, "/status") == "failed";
        CHECK(at(result, failed ? "/error/code" : "/detail") == deed.answer);
        const auto results = redis.cli({"XRANGE", "nexus:results", "-", "+"});
        const auto mine = R"("job_id":")" + job + "\"";
        const auto first = results.find(mine);
        CHECK(first != std::string::npos);
        CHECK(results.find(mine, first + 1) == std::string::npos);
    }
    // What the reconciler mends has no result to wait for.
    std::string problem;
    holds_within(job.empty() ? patience : seconds(0), [&] {
        try {
            problem = problem_of(tenant, deed.after);
        } catch (const std::runtime_error& error) {
            problem = error.what();  // it went while it was looked at
        }
        return problem.empty();
    });
    CAPTURE(runner.last_words());
    CHECK(problem == "");
}

std::string KillingGround::problem_of(const std::string& tenant, const Became& after) const {
    const auto container = problem_of_container(tenant, after);
    if (!container.empty()) return container;
    const auto networks = engine.networks(object(tenant, "net"));
    if (networks != (after.status.empty() ? 0 : 1)) return std::to_string(networks) + " networks";
    const auto volumes = problem_of_volumes(tenant, after);
    return volumes.empty() ? problem_of_record(tenant, after) : volumes;
}

std::string KillingGround::problem_of_record(const std::string& tenant, const Became& after) const {
    const auto folder = runner.tenant_root() + "/" + tenant;
    const bool there = std::filesystem::exists(folder);
    if (after.status.empty()) return there ? "its folder is there" : "";
    if (!there || !std::filesystem::exists(folder + "/tenant.json")) return "it has no record";
    const auto record = read_file(folder + "/tenant.json");
    const auto* desired = after.status == "running" ? "running" : "stopped";
    return contains(record, std::string(R"("desired":")") + desired) &&
                   contains(record, after.image + "\",") && !contains(record, "previous_image")
               ? ""
               : "its record is " + record;
}

std::string KillingGround::problem_of_container(const std::string& tenant,
                                                const Became& after) const {
    const auto names = as_operator(engine, engine.kind() + " ps -a --filter name=tenant_" + tenant +
                                               "_ --format '{{.Names}}'");
    if (names.code != 0) return names.err;
    if (after.status.empty()) return names.out;
    if (names.out != runtime_of(tenant) + "\n") return "its containers are " + names.out;
    const auto facts = engine.facts(runtime_of(tenant));
    if (facts.status != after.status) return "it is " + facts.status;
    if (!contains(facts.image, after.image)) return "it is of " + facts.image;
    if (facts.networks != std::set{object(tenant, "net")}) return "it is on another network";
    const auto inspected = engine.curl("GET", "/containers/" + runtime_of(tenant) + "/json").body;
    if (!contains(inspected, "\"REVISION=" + after.revision + "\""))
        return "of another environment";
    return "";
}

std::string KillingGround::problem_of_volumes(const std::string& tenant,
                                              const Became& after) const {
    for (const auto& [what, volume] :
         {std::pair("session", after.session), std::pair("state", after.state)}) {
        const auto folder = folder_of_volume(object(tenant, what));
        const bool there = !folder.empty();
        if (there != (volume != Volume::gone)) return what + std::string(" is gone, or is not");
        const bool marked = there && std::filesystem::exists(folder + "/marker");
        if (marked != (volume == Volume::kept)) return what + std::string(" is new, or is not");
    }
    return "";
}

// Empty where there is no such volume.
std::string KillingGround::folder_of_volume(const std::string& name) const {
    const auto reply = engine.curl("GET", "/volumes/" + name);
    return reply.status == 200 ? at(parsed(reply.body), "/Mountpoint") : "";
}

void KillingGround::mark_volumes(const std::string& tenant) const {
    for (const char* what : {"session", "state"}) {
        const auto folder = folder_of_volume(object(tenant, what));
        REQUIRE(std::filesystem::exists(folder));
        write_file(folder + "/marker", tenant);
    }
}

void KillingGround::clear() {
    for (const auto& tenant : tenants(made_)) {
        engine.remove_tenant(tenant);
        std::filesystem::remove_all(runner.tenant_root() + "/" + tenant);
    }
    made_ = 0;
    engine.remove_labelled("io.nexus.node", node);
}

}  // namespace nexus::test
