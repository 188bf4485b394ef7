#include "tenants/image_keeper.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/temp_dir.hpp"
#include "unit/tenants/fake_backend.hpp"

namespace nexus::tenants {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

const std::string first = "ghcr.io/acme/nexus:1";
const std::string second = "ghcr.io/acme/nexus:2";
constexpr hours week(168);

// A keeper with a clock of its own, which a sweep follows.
struct Household {
    test::TempDir folder;
    config::Settings settings;
    Redactor redactor;
    Log log{STDERR_FILENO, LogLevel::critical, LogFormat::text, redactor};
    test::FakeBackend backend;
    WallTime now{std::chrono::sys_days(std::chrono::year(2026) / 11 / 25)};
    std::unique_ptr<ImageKeeper> keeper;

    explicit Household(milliseconds keep = week) {
        settings.image_keep = keep;
        backend.images = {{first, true}, {second, true}};
        restart();
    }
    void restart() {
        keeper = std::make_unique<ImageKeeper>(backend, Directory::open(folder.path().string()),
                                               settings, log);
    }
    void sweep(const std::set<std::string>& in_use) {
        keeper->sweep(in_use, now, [] {
            return CallContext{std::chrono::steady_clock::now() + hours(1), -1, "images", ""};
        });
    }
    void sweep_after(hours time, const std::set<std::string>& in_use = {}) {
        now += time;
        sweep(in_use);
    }
    bool has(const std::string& image) const { return backend.images.contains(image); }
    long tries() const {
        return std::count(backend.calls.begin(), backend.calls.end(), "remove_image");
    }
    void fail_with(Code code) {
        backend.before = [code](const std::string&) { throw BackendError(code, "no", false); };
    }
    std::string file() const { return folder / "images.json"; }
    std::string text() const { return test::read_file(file()); }
};

}  // namespace

TEST_CASE("an image goes once it was not used for longer than IMAGE_KEEP") {
    Household h;
    h.sweep({first, second});
    h.sweep_after(hours(100), {second});
    h.sweep_after(hours(68), {second});
    CHECK(h.has(first));
    h.sweep_after(hours(1), {second});
    CHECK_FALSE(h.has(first));
    CHECK(h.has(second));
    CHECK(h.text() == R"({"v":1,"images":{"ghcr.io/acme/nexus:2":"2026-12-02T01:00:00.000Z"}})");
    h.sweep_after(week * 2, {second});
    CHECK(h.tries() == 1);
}

TEST_CASE("an image that comes into use again has its whole time again") {
    Household h;
    h.sweep({first});
    h.sweep_after(week, {});
    h.sweep_after(hours(0), {first});
    h.sweep_after(week);
    CHECK(h.tries() == 0);
    h.sweep_after(hours(1));
    CHECK_FALSE(h.has(first));
}

TEST_CASE("images of others are never removed") {
    Household h;
    h.backend.images["other:1"] = true;
    h.sweep({first});
    h.sweep_after(week * 10, {first});
    CHECK(h.has("other:1"));
    CHECK(h.tries() == 0);
}

TEST_CASE("what is no pinned reference is never learnt") {
    Household h;
    h.sweep({"", "nexus", "nexus:latest", "sha256:" + std::string(64, 'a'), std::string(64, 'a'),
             "../x:1", "UPPER:1"});
    h.sweep_after(week * 2);
    CHECK(h.tries() == 0);
    CHECK_FALSE(std::filesystem::exists(h.file()));
}

TEST_CASE("NEXUS_IMAGE stays") {
    Household h;
    h.settings.nexus_image = std::get<config::ImageRef>(config::ImageRef::parse(first));
    h.sweep({first, second});
    h.sweep_after(week * 2);
    CHECK(h.has(first));
    CHECK_FALSE(h.has(second));
}

TEST_CASE("with an IMAGE_KEEP of 0 nothing is removed, and what was used when is known later") {
    Household h(milliseconds(0));
    h.sweep({first});
    h.sweep_after(week * 2);
    CHECK(h.tries() == 0);
    h.settings.image_keep = week;
    h.restart();
    h.sweep({});
    CHECK_FALSE(h.has(first));
}

TEST_CASE("what was used when outlives the process") {
    Household h;
    h.sweep({first});
    h.now += hours(100);
    h.restart();
    h.sweep({});
    h.restart();
    h.sweep_after(hours(69));
    CHECK_FALSE(h.has(first));
    CHECK(h.text() == R"({"v":1,"images":{}})");
}

TEST_CASE("the file is written for a new image and once an hour, not at every sweep") {
    Household h;
    h.sweep({first});
    const std::string before = h.text();
    h.now += minutes(59);
    h.sweep({first});
    CHECK(h.text() == before);
    h.now += minutes(1);
    h.sweep({first});
    CHECK(h.text().find("01:00:00") != std::string::npos);
    h.now += minutes(1);
    h.sweep({first, second});
    CHECK(h.text().find(second) != std::string::npos);
    CHECK(h.text().find("01:01:00") != std::string::npos);
}

TEST_CASE("with a short IMAGE_KEEP the file is as exact as that needs") {
    Household h(minutes(8));
    h.sweep({first});
    h.now += minutes(1);
    h.sweep({first});
    h.restart();
    h.now += minutes(8);
    h.sweep({});
    CHECK(h.has(first));
    h.now += minutes(1);
    h.sweep({});
    CHECK_FALSE(h.has(first));
}

TEST_CASE("a damaged file is begun anew, and nothing goes for a whole IMAGE_KEEP") {
    for (
        const std::string text :
        {"", "nonsense", "[]", R"({"v":1)", R"({"v":2,"images":{}})", R"({"images":{}})",
         R"({"v":1,"images":{"ghcr.io/acme/nexus:1":"yesterday"}})",
         R"({"v":1,"images":{"ghcr.io/acme/nexus:1":7}})", R"({"v":1,"images":[]})",
         R"({"v":1,"images":{"ghcr.io/acme/nexus:1":"2020-01-01T00:00:00Z","x y":"2020-01-01T00:00:00Z"}})",
         R"({"v":1,"images":{"sha256:aa":"2020-01-01T00:00:00Z"}})"}) {
        CAPTURE(text);
        Household h;
        test::write_file(h.file(), text);
        h.restart();
        h.sweep({second});
        h.sweep_after(week, {});
        CHECK(h.tries() == 0);
        CHECK(h.text().find(second) != std::string::npos);
        h.sweep_after(hours(1), {});
        CHECK(h.has(first));
        CHECK_FALSE(h.has(second));
    }
}

TEST_CASE("a file that cannot be read or written stops no sweep") {
    Household h;
    std::filesystem::create_directory(h.file());
    test::write_file(h.file() + "/in-the-way", "");
    h.restart();
    h.sweep({first});
    h.sweep_after(week * 2);
    CHECK_FALSE(h.has(first));
    std::filesystem::remove_all(h.file());
    h.sweep_after(hours(1), {second});
    CHECK(h.text().find(second) != std::string::npos);
}

TEST_CASE("a clock that was put back keeps no image for ever") {
    Household h;
    h.now += hours(24 * 365 * 10);
    h.sweep({first});
    h.now -= hours(24 * 365 * 10);
    h.sweep({});
    h.sweep_after(week);
    CHECK(h.has(first));
    h.sweep_after(hours(1));
    CHECK_FALSE(h.has(first));
}

TEST_CASE("an image that the backend finds in use is tried again a day later") {
    Household h;
    h.sweep({first, second});
    h.fail_with(Code::conflict);
    h.sweep_after(week * 2);
    CHECK(h.tries() == 2);
    h.sweep_after(hours(23));
    CHECK(h.tries() == 2);
    h.backend.before = [](const std::string&) {};
    h.sweep_after(hours(1));
    CHECK(h.tries() == 4);
    CHECK_FALSE(h.has(first));
}

TEST_CASE("a removal that fails is tried again an hour later, and alone holds up no other") {
    Household h;
    h.sweep({first, second});
    h.fail_with(Code::internal);
    h.sweep_after(week * 2);
    CHECK(h.tries() == 2);
    h.now += minutes(59);
    h.sweep({});
    CHECK(h.tries() == 2);
    h.now += minutes(1);
    h.sweep({});
    CHECK(h.tries() == 4);
}

TEST_CASE("where the engine is away or the daemon ends, the sweep ends as well") {
    for (const Code code : {Code::unavailable, Code::timeout, Code::cancelled}) {
        Household h;
        h.sweep({first, second});
        h.fail_with(code);
        h.sweep_after(week * 2);
        CHECK(h.tries() == 1);
        h.backend.before = [](const std::string&) {};
        h.sweep_after(hours(1));
        CHECK_FALSE(h.has(first));
        CHECK_FALSE(h.has(second));
    }
}

TEST_CASE("a backend that cannot remove images is asked once") {
    Household h;
    h.sweep({first, second});
    h.fail_with(Code::unsupported);
    h.sweep_after(week * 2);
    h.sweep_after(week * 2);
    CHECK(h.tries() == 1);
    CHECK(h.has(first));
}

TEST_CASE("what forbids a removal comes out, and nothing is forgotten") {
    Household h;
    h.sweep({first});
    h.now += week * 2;
    const auto forbidden = []() -> CallContext { throw std::runtime_error("the lease is lost"); };
    CHECK_THROWS_AS(h.keeper->sweep({}, h.now, forbidden), std::runtime_error);
    CHECK(h.has(first));
    h.sweep({});
    CHECK_FALSE(h.has(first));
}

}  // namespace nexus::tenants
