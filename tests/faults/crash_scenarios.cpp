// The runner dies: at random, at named points, and while its engine fails.
#include <csignal>

#include "random.hpp"
#include "scenarios.hpp"
#include "stage.hpp"

namespace nexus::faults {
namespace {

using std::chrono::seconds;

constexpr std::array walk{"after_read",
                          "after_begin_noted",
                          "after_image_exists",
                          "after_record_saved",
                          "after_environment_written",
                          "after_files_written",
                          "after_network_exists",
                          "after_volumes_exist",
                          "after_container_exists",
                          "after_container_started",
                          "after_container_stopped",
                          "after_container_removed",
                          "after_network_removed",
                          "after_session_removed",
                          "after_state_removed",
                          "after_set_aside",
                          "after_aside_removed",
                          "after_tenant_removed",
                          "after_verb",
                          "after_outcome",
                          "before_finish_sent",
                          "after_finish_sent",
                          "after_settled"};

constexpr std::size_t batch = 20;

// Lets the runner die at the n-th passage of a point, with as many jobs as that takes.
void die_at(Stage& stage, const std::string& point, std::size_t passage) {
    constexpr int most_batches = 30;
    stage.runner.env()["NEXUS_KILL_AT"] = point + ":" + std::to_string(passage);
    stage.launch();
    for (int batches = 0; batches < most_batches && stage.runner.process().running();) {
        if (stage.client.backlog("n1") == 0) {
            stage.add(batch);
            ++batches;
        }
        stage.runner.process().wait(milliseconds(20));
    }
    const auto code = stage.runner.process().wait(milliseconds(0));
    if (code != 128 + SIGKILL) {
        stage.findings.push_back(code ? "the runner ended with " + std::to_string(*code) +
                                            " before " + point + ": " + stage.runner.last_words()
                                      : "no job came by " + point);
    }
    stage.kill();
    stage.runner.env().erase("NEXUS_KILL_AT");
}

std::string failing_tenants(const Size& size, Random& random) {
    constexpr std::array operations{
        "ensure_image", "ensure_network", "ensure_volume", "ensure_container", "start",
        "stop",         "rename",         "remove",        "remove_volume",    "inspect"};
    std::string tenants = R"(,"tenants":{)";
    for (std::size_t i = 0; i < size.tenants; i += 2) {
        const auto number = std::to_string(i);
        tenants += (i == 0 ? "" : ",") + ("\"tenant-" + std::string(4 - number.size(), '0')) +
                   number + R"(":{"fail":{")" + operations[random.below(operations.size())] +
                   R"(":"UNAVAILABLE"}})";
    }
    return tenants + "}";
}

}  // namespace

// One half of the kills comes after some progress, the other after some time, which may be while
// the runner still starts.
Report kill(const Size& size) {
    Random random(size.seed);
    Stage stage;
    stage.planned = plan(load_of(size));
    const auto a_kill = size.jobs / (size.faults + 1) + 1;
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.add(a_kill);
        stage.launch();
        if (random.percent(50)) {
            stage.progress(1 + random.below(2 * a_kill), seconds(2));
            stage.lives_for(milliseconds(0));
        } else {
            stage.lives_for(random.time(milliseconds(0), milliseconds(400)));
        }
        stage.kill();
    }
    stage.add(stage.left());
    stage.launch();
    return {stage.finish(), counted(size.faults, "kill")};
}

// A second death sometimes follows while the runner recovers from the first. After that the jobs
// are done in peace, so that none of them is taken for a poison one.
Report points(const Size& size) {
    constexpr std::size_t most_passages = 6;
    Random random(size.seed);
    Stage stage;
    auto load = load_of(size);
    load.jobs = std::max(size.jobs, 1000 + walk.size() * size.faults * 4 * batch);
    stage.planned = plan(load);
    std::size_t deaths = 0;
    for (const char* point : walk) {
        for (std::size_t i = 0; i < size.faults; ++i, ++deaths) {
            stage.add(batch);
            die_at(stage, point, 1 + random.below(most_passages));
            if (random.percent(30)) {
                stage.launch();
                stage.lives_for(random.time(milliseconds(0), milliseconds(300)));
                stage.kill();
            }
            stage.launch();
            stage.settle();
            stage.kill();
        }
    }
    stage.launch();
    return {stage.finish(), counted(deaths, "death") + " at " + counted(walk.size(), "point")};
}

// Retries must keep their places, also where the runner dies while they wait.
Report engine(const Size& size) {
    Random random(size.seed);
    Stage stage;
    stage.planned = plan(load_of(size));
    stage.evidence.excusable = {"backend_unavailable", "image_unavailable"};
    const auto whole = stage.runner.env().at("BACKEND_CONFIG");
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.runner.env()["BACKEND_CONFIG"] =
            Stage::backend_config(stage.folder, failing_tenants(size, random));
        stage.launch();
        stage.add(size.jobs / size.faults);
        stage.lives_for(random.time(milliseconds(1000), milliseconds(3000)));
        stage.kill();
    }
    stage.runner.env()["BACKEND_CONFIG"] = whole;
    stage.add(stage.left());
    stage.launch();
    return {stage.finish(), counted(size.faults, "outage")};
}

}  // namespace nexus::faults
