#include <doctest/doctest.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>

#include "backup/restore.hpp"
#include "unit/backup/restore_house.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;

using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

Database open_database(const std::string& path) {
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
    return {database, &sqlite3_close};
}

void sql(const Database& database, const std::string& text) {
    char* message = nullptr;
    const int result = sqlite3_exec(database.get(), text.c_str(), nullptr, nullptr, &message);
    CAPTURE(text);
    CAPTURE(std::string(message == nullptr ? "" : message));
    sqlite3_free(message);
    REQUIRE(result == SQLITE_OK);
}

constexpr const char* many_rows =
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT);"
    "CREATE INDEX i ON t(b);"
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000)"
    "INSERT INTO t SELECT x, hex(randomblob(40)) FROM n;";

struct Fixture : RestoreHouse {
    std::string state_path = backend.content("tenant_acme_state");

    Database in_state(const std::string& name) { return open_database(state_path + "/" + name); }
    void overwrite(const std::string& name, std::size_t at, std::size_t size) {
        auto text = test::read_file(state_path + "/" + name);
        REQUIRE(text.size() > at + size);
        test::write_file(state_path + "/" + name, text.replace(at, size, size, '\x5a'));
    }
    // The only problem that a drill of the tenant as it is now finds.
    std::string problem() {
        back_up();
        const auto report = drill();
        check_tidy();
        REQUIRE(report.problems.size() == 1);
        return report.problems.front();
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a drill of a good snapshot finds nothing and touches nothing") {
    sql(in_state("a.db"), many_rows);
    const auto made = back_up();
    set_data("second");
    const auto before = picture();
    backend.effects.clear();
    const auto report = drill();
    CHECK(report.problems.empty());
    CHECK(report.notes.empty());
    CHECK(report.databases == 1);
    CHECK(report.snapshot == made.id);
    CHECK(report.entries > 4);
    CHECK(picture() == before);
    CHECK(count("stop") == 0);
    for (const auto& effect : backend.effects)
        CHECK(effect.find("nexus_restore_acme_") != std::string::npos);
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a tenant that is gone can be drilled") {
    back_up();
    backend.containers.clear();
    backend.volumes.clear();
    fs::remove_all(store.path() + "/acme");
    CHECK(drill().problems.empty());
    CHECK(backend.volumes.empty());
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a drill finds a database that is corrupt") {
    sql(in_state("a.db"), many_rows);
    sql(in_state("b.db"), many_rows);
    overwrite("a.db", 8192, 4096);
    const auto sentence = problem();
    CAPTURE(sentence);
    CHECK(sentence.find("state: \"./a.db\": ") == 0);
}

TEST_CASE_FIXTURE(Fixture, "a drill finds a database that is cut") {
    sql(in_state("a.db"), many_rows);
    fs::resize_file(state_path + "/a.db", 20'000);
    CHECK(problem().find("a.db") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a drill reads a database together with its write-ahead log") {
    const auto database = in_state("a.db");
    sql(database, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;");
    sql(database, many_rows);
    sql(in_state("a.db-copy"), many_rows);  // its name stands between those of the two
    REQUIRE(fs::file_size(state_path + "/a.db-wal") > 100'000);
    REQUIRE(fs::file_size(state_path + "/a.db") < 10'000);
    SUBCASE("which is whole") {
        back_up();
        const auto report = drill();
        CHECK(report.databases == 2);
        CHECK(report.problems.empty());
    }
    SUBCASE("whose pages are damaged and still have their checksums") {
        // What only the log holds is looked at: a page of rows becomes one of another kind.
        sql(database,
            "PRAGMA writable_schema=ON;"
            "UPDATE sqlite_schema SET rootpage=99999 WHERE name='t';");
        CHECK(problem().find("\"./a.db\"") != std::string::npos);
    }
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a journal that would have SQLite remove another file is not followed") {
    test::write_file(state.path() / "precious", "");
    sql(in_state("a.db"), many_rows);
    const std::string super = state / "precious";
    std::string journal_text(512, '\0');
    journal_text += std::string("\0\0\0\0", 4) + super;
    std::uint32_t sum = 0;
    for (const char c : super)
        sum += static_cast<unsigned char>(c);
    for (const auto number : {static_cast<std::uint32_t>(super.size()), sum}) {
        for (int shift = 24; shift >= 0; shift -= 8)
            journal_text += static_cast<char>(number >> shift);
    }
    journal_text += "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
    test::write_file(state_path + "/a.db-journal", journal_text);
    back_up();
    const auto report = drill();
    CHECK(report.databases == 0);
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes.front().find("several databases at once") != std::string::npos);
    CHECK(fs::exists(super));
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "what only looks like a database is told, and no crash") {
    SUBCASE("a header and nothing else") {
        test::write_file(state_path + "/a.db", std::string("SQLite format 3\0", 16));
    }
    SUBCASE("a header and nonsense") {
        test::write_file(state_path + "/a.db",
                         std::string("SQLite format 3\0", 16) + noise(100'000));
    }
    CHECK(problem().find("a.db") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a database that needs its own program is not called corrupt") {
    const auto database = in_state("a.db");
    const auto reverse = [](void*, int, const void*, int, const void*) { return 0; };
    REQUIRE(sqlite3_create_collation(database.get(), "own", SQLITE_UTF8, nullptr, reverse) ==
            SQLITE_OK);
    sql(database,
        "CREATE TABLE t(a TEXT COLLATE own); CREATE INDEX i ON t(a);"
        "INSERT INTO t VALUES('x'),('y');");
    back_up();
    const auto report = drill();
    CHECK(report.problems.empty());
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a drill finds a blob that is damaged, and looks at the others") {
    sql(in_state("a.db"), many_rows);
    overwrite("a.db", 8192, 4096);
    const auto made = back_up();
    BlobFacts blob;
    blob.sha256 = made.tenants.front().find(PartName::session)->sha256;
    test::write_file(tar_path(blob), "nothing");
    const auto report = drill();
    REQUIRE(report.problems.size() == 2);
    CHECK(report.problems[0].find("session") != std::string::npos);
    CHECK(report.problems[1].find("a.db") != std::string::npos);
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a drill finds what a restore would not give back") {
    back_up();
    backend.after = [&](const std::string& op) {
        if (op != "import_volume") return;
        const std::string path = backend.content("nexus_restore_acme_session") + "/data";
        if (fs::exists(path)) test::write_file(path, "other");
    };
    const auto report = drill();
    backend.after = [](const std::string&) {};
    REQUIRE(report.problems.size() == 1);
    CHECK(report.problems.front().find("session: what was restored is not what is in the snapshot: "
                                       "the content of \"data\"") == 0);
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a drill that the engine ends is no verdict") {
    back_up();
    const auto before = picture();
    fail_once("export_volume");
    const auto message = refusal(ErrorCode::backend_unavailable, [&] { drill(); });
    CHECK(message.find("; the tenant was not touched") != std::string::npos);
    CHECK(picture() == before);
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "a drill leaves a runtime that is put aside where it is") {
    back_up();
    backend.containers["tenant_acme_previous"].name = "tenant_acme_previous";
    const auto before = picture();
    CHECK(drill().problems.empty());
    CHECK(picture() == before);
}

}  // namespace nexus::backup
