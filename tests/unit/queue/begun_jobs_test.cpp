#include "queue/begun_jobs.hpp"

#include <doctest/doctest.h>

#include <optional>

#include "support/temp_dir.hpp"

using namespace nexus;
using nexus::queue::BegunJobs;

namespace {

struct Notes {
    test::TempDir folder;
    std::optional<BegunJobs> notes;
    explicit Notes(unsigned concurrency = 4) { restart(concurrency); }
    // As a killed process leaves them: nothing is ended by going away.
    void restart(unsigned concurrency = 4) {
        notes.reset();
        notes.emplace(Directory::open(folder.path()), concurrency);
    }
};

}  // namespace

TEST_CASE("a job that was begun and not ended died with its process, once each time") {
    Notes f;
    for (int deaths = 0; deaths < 4; ++deaths) {
        CHECK(f.notes->deaths("poison") == deaths);
        f.notes->begin("poison", true);
        f.notes->begin("good", false);
        f.notes->end("good", true);
        f.restart();
    }
    CHECK(f.notes->deaths("good") == 0);
    CHECK(f.notes->deaths("never seen") == 0);
}

TEST_CASE("one that is condemned stays so over restarts, until it is done") {
    Notes f;
    f.notes->condemn("/acme", 3);
    CHECK(f.notes->deaths("/acme") == 3);
    f.restart();
    CHECK(f.notes->deaths("/acme") == 3);
    f.notes->end("/acme", true);
    CHECK(f.notes->deaths("/acme") == 0);
}

TEST_CASE("deaths last over attempts that end and restarts in between, until the job is done") {
    Notes f;
    f.notes->begin("j", false);
    f.restart();
    f.notes->begin("j", false);
    f.notes->end("j", false);
    f.restart();
    CHECK(f.notes->deaths("j") == 1);
    f.notes->end("j", true);
    CHECK(f.notes->deaths("j") == 0);
    f.restart();
    CHECK(f.notes->deaths("j") == 0);
}

TEST_CASE("an attempt that ended without a death leaves nothing") {
    Notes f;
    f.notes->begin("j", false);
    f.notes->end("j", false);
    f.restart();
    CHECK(f.notes->deaths("j") == 0);
}

TEST_CASE(
    "jobs that never come back make room for new ones, and a smaller concurrency loses none") {
    Notes f(64);
    for (int i = 0; i < 64; ++i)
        f.notes->begin("lost" + std::to_string(i), false);
    f.restart(1);
    CHECK(f.notes->deaths("lost63") == 1);
    for (int round = 0; round < 40; ++round) {
        for (int i = 0; i < 64; ++i)
            f.notes->begin("r" + std::to_string(round) + "-" + std::to_string(i), false);
        f.restart(64);
    }
    f.notes->begin("new", false);
    f.restart();
    CHECK(f.notes->deaths("new") == 1);
}

TEST_CASE("a file of rubbish is read as far as it makes sense") {
    test::TempDir folder;
    const std::string contents[] = {std::string(128, '\1'), std::string(300, '\xff'), "x"};
    for (const auto& content : contents) {
        test::write_file(folder / "begun", content);
        BegunJobs notes(Directory::open(folder.path()), 2);
        notes.begin("j", true);
        CHECK(notes.deaths("j") == 0);
    }
}
