#include "backup/journal.hpp"

#include <doctest/doctest.h>

#include <string>

#include "base/json.hpp"
#include "support/temp_dir.hpp"

namespace nexus::backup {
namespace {

struct Fixture {
    test::TempDir state;
    Journal journal{state.path().string()};
    TenantId acme = *TenantId::parse("acme");
    TenantId other = *TenantId::parse("other");

    std::string file() const { return state / "held/acme.json"; }
};

Entry swapping() {
    Entry entry;
    entry.kind = Entry::Kind::swapping;
    entry.stays_until = WallTime{std::chrono::hours(480'000)};
    entry.session_sha256 = std::string(64, 'a');
    entry.state_sha256 = std::string(64, '7');
    entry.generation = 42;
    entry.session_made = true;
    entry.ran = true;
    return entry;
}

void require_equal(const Entry& one, const Entry& other) {
    CHECK(one.kind == other.kind);
    CHECK(one.stays_until == other.stays_until);
    CHECK(one.session_sha256 == other.session_sha256);
    CHECK(one.state_sha256 == other.state_sha256);
    CHECK(one.generation == other.generation);
    CHECK(one.session_made == other.session_made);
    CHECK(one.state_made == other.state_made);
    CHECK(one.ran == other.ran);
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a journal that nobody wrote to has no entry of any tenant") {
    CHECK_FALSE(journal.has(acme));
    CHECK_FALSE(journal.read(acme).has_value());
    CHECK(journal.list().empty());
    journal.erase(acme);
}

TEST_CASE_FIXTURE(Fixture, "another process reads an entry of the journal as it was written") {
    for (const auto kind : {Entry::Kind::paused, Entry::Kind::stopped, Entry::Kind::restore,
                            Entry::Kind::swapping, Entry::Kind::swapped}) {
        Entry entry = swapping();
        entry.kind = kind;
        journal.write(acme, entry);
        const Journal later(state.path().string());
        const auto read = later.read(acme);
        REQUIRE(read.has_value());
        require_equal(*read, entry);
    }
    journal.write(acme, Entry{});
    require_equal(journal.read(acme).value(), Entry{});
}

TEST_CASE_FIXTURE(Fixture,
                  "the journal keeps one entry a tenant and forgets the one that is erased") {
    journal.write(acme, swapping());
    journal.write(other, Entry{});
    CHECK(journal.list().size() == 2);
    journal.erase(acme);
    CHECK_FALSE(journal.has(acme));
    CHECK(journal.has(other));
    REQUIRE(journal.list().size() == 1);
    CHECK(journal.list().front() == other);
}

TEST_CASE_FIXTURE(Fixture, "what a writer of the journal left behind when it died is no entry") {
    test::write_file(state / "held/.acme.json.01ARZ3NDEKTSV4RRFFQ69G5FAV.tmp", "{");
    test::write_file(state / "held/NOT-A-TENANT.json", "{}");
    CHECK(journal.list().empty());
    journal.write(acme, Entry{});
    CHECK_FALSE(std::filesystem::exists(state / "held/.acme.json.01ARZ3NDEKTSV4RRFFQ69G5FAV.tmp"));
}

TEST_CASE_FIXTURE(Fixture, "a damaged entry of the journal says which member is wrong") {
    struct Case {
        std::string from;
        std::string to;
        std::string pointer;
    };
    const Case cases[] = {
        {"\"v\":1", "\"v\":2", "/v"},
        {"\"v\":1", "\"v\":\"1\"", "/v"},
        {"\"swapping\"", "\"swopping\"", "/kind"},
        {"\"kind\":\"swapping\",", "", "/kind"},
        {"T00:00:00", "T25:00:00", "/stays_until"},
        {std::string(64, 'a'), std::string(63, 'a'), "/session_sha256"},
        {std::string(64, 'a'), std::string(64, 'A'), "/session_sha256"},
        {std::string(64, '7'), "../" + std::string(61, '7'), "/state_sha256"},
        {"\"generation\":42", "\"generation\":4.5", "/generation"},
        {"\"state_made\":false", "\"state_made\":0", "/state_made"},
        {"{", "", ""},
    };
    journal.write(acme, swapping());
    const std::string good = test::read_file(file());
    for (const auto& one : cases) {
        CAPTURE(one.to);
        std::string text = good;
        const auto at = text.find(one.from);
        REQUIRE(at != std::string::npos);
        test::write_file(file(), text.replace(at, one.from.size(), one.to));
        try {
            journal.read(acme);
            FAIL("it was read");
        } catch (const json::Error& error) {
            CHECK(error.pointer() == one.pointer);
        }
        CHECK(journal.has(acme));
    }
}

TEST_CASE_FIXTURE(Fixture, "the journal is nobody else's to read") {
    namespace fs = std::filesystem;
    journal.write(acme, Entry{});
    CHECK(fs::status(state / "held").permissions() == fs::perms::owner_all);
    CHECK(fs::status(file()).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

}  // namespace nexus::backup
