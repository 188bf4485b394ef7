#include "integration/backup_ground.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "integration/volume_content.hpp"
#include "support/wait_until.hpp"

namespace nexus::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* node = "backup";

// What the runtime, its database and the runner itself write while nobody looks.
bool changes_by_itself(const std::string& name) {
    static const std::vector<std::string> beginnings{"heartbeat", "starts",      "live.db",
                                                     "writer",    "tenant.json", "env"};
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](const std::string& beginning) { return name.starts_with(beginning); });
}

// Of all else in a folder that somebody writes to meanwhile.
void describe_still(const std::string& folder, const std::string& name,
                    BackupGround::Content& all) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto file = entry.path().filename().string();
        if (changes_by_itself(file)) continue;
        const std::string path = name + "/" + file;
        if (!entry.is_directory()) {
            all[path] = read_file(entry.path());
            continue;
        }
        for (const auto& [below, line] : describe(entry.path().string()))
            all[path + below] = line;
    }
}

std::string random_bytes(std::size_t size, unsigned seed) {
    std::string bytes(size, '\0');
    std::uint64_t state = 88172645463325252ULL + seed;
    for (char& byte : bytes) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        byte = static_cast<char>(state);
    }
    return bytes;
}

// Mixed data below a folder of its own, so that the runtime can go on writing beside it.
void fill_tenant(const std::string& session, const std::string& state, unsigned seed) {
    for (const auto& volume : {session, state}) {
        fs::create_directory(volume + "/content");
        fill(volume + "/content");
    }
    constexpr std::size_t big_file = 8U << 20U;
    write_file(session + "/random", random_bytes(big_file, seed));
    constexpr int many = 400;
    for (int i = 0; i < many; ++i) {
        const auto folder = state + "/many-" + std::to_string(i % 8);
        fs::create_directories(folder);
        write_file(folder + "/" + std::to_string(i),
                   std::string(static_cast<std::size_t>(i) * 7, static_cast<char>('a' + i % 26)));
    }
}

// The host's own sqlite3 with its libraries, to be run where there is no such program.
void put_sqlite_into(const std::string& folder) {
    const auto copied = run(
        {.argv = {"sh", "-ec",
                  "mkdir -p \"$1\"; cp \"$(command -v sqlite3)\" \"$1\"/sqlite3; "
                  "ldd \"$(command -v sqlite3)\" | grep -o '/[^ ]*' | xargs -I{} cp -L {} \"$1\"; "
                  "mv \"$1\"/ld-linux* \"$1\"/ld.so; chmod -R a+rX \"$1\"",
                  "sh", folder}});
    CAPTURE(copied.err);
    REQUIRE(copied.code == 0);
}

}  // namespace

BackupGround::BackupGround(std::string prefix) : prefix_(std::move(prefix)) {
    runner.env()["NODE_NAME"] = node;
    runner.env()["BACKUP_DIR"] = folder_ / "backups";
}

BackupGround::Clearing::Clearing() {
    clear();
}

BackupGround::Clearing::~Clearing() {
    clear();
}

void BackupGround::Clearing::clear() const {
    engine.remove_labelled("io.nexus.node", node);
}

const std::vector<std::string>& BackupGround::make_tenants(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        tenants_.push_back(prefix_ + "-" + std::to_string(i));
        redis.cli({"XADD", "nexus:jobs", "*", "job",
                   plain("provision", "make-" + tenants_.back(), tenants_.back())});
    }
    unsigned seed = 1;
    for (const auto& tenant : tenants_) {
        std::string reply;
        const auto answered = [&] {
            reply = redis.cli({"BLPOP", "nexus:reply:make-" + tenant, "30"});
            return contains(reply, "job_id");
        };
        holds_within(std::chrono::minutes(4), answered);
        CAPTURE(reply);
        CAPTURE(runner.last_words());
        REQUIRE(contains(reply, "provisioned"));
        fill_tenant(folder(tenant, "session"), folder(tenant, "state"), seed++);
    }
    return tenants_;
}

std::string BackupGround::folder(const std::string& tenant, const std::string& what) const {
    const auto reply = engine.curl("GET", "/volumes/tenant_" + tenant + "_" + what);
    CAPTURE(reply.body);
    REQUIRE(reply.status == 200);
    return at(parsed(reply.body), "/Mountpoint");
}

void BackupGround::write_database(const std::string& tenant, bool wal) const {
    put_sqlite_into(folder(tenant, "state") + "/writer");
    const std::string sqlite =
        "/data/state/writer/ld.so --library-path /data/state/writer /data/state/writer/sqlite3 "
        "/data/state/live.db";
    const std::string script =
        sqlite + " 'PRAGMA journal_mode=" + (wal ? "WAL" : "DELETE") +
        "; CREATE TABLE IF NOT EXISTS t(i INTEGER PRIMARY KEY, x TEXT, y TEXT); CREATE INDEX IF "
        "NOT EXISTS u ON t(y);' && (while :; do echo 'INSERT INTO t(x, y) VALUES "
        "(hex(randomblob(400)), hex(randomblob(8))); DELETE FROM t WHERE i < (SELECT max(i) FROM "
        "t) - 2000;'; done | " +
        sqlite + " >/dev/null 2>&1 &)";
    const auto started = engine.exec(runtime_of(tenant), {"sh", "-c", script});
    CAPTURE(started.err);
    wait_until([&] { return fs::exists(folder(tenant, "state") + "/live.db"); },
               std::chrono::seconds(20), "the database of " + tenant + " is there");
}

BackupGround::Database BackupGround::look_at_database(const std::string& tenant) const {
    const TempDir copy;
    for (const auto& file : fs::directory_iterator(folder(tenant, "state"))) {
        if (file.path().filename().string().starts_with("live.db"))
            fs::copy(file.path(), copy.path() / file.path().filename());
    }
    const auto asked = run(
        {.argv = {"sqlite3", copy / "live.db", "PRAGMA integrity_check; SELECT count(*) FROM t;"}});
    CAPTURE(asked.err);
    const auto line = asked.out.find('\n');
    if (line == std::string::npos) return {asked.out + asked.err, 0};
    return {asked.out.substr(0, line), std::atol(asked.out.c_str() + line)};
}

BackupGround::Content BackupGround::content(const std::string& tenant) const {
    Content all;
    describe_still(folder(tenant, "session"), "session", all);
    describe_still(folder(tenant, "state"), "state", all);
    const auto own = runner.tenant_root() + "/" + tenant;
    describe_still(own, "folder", all);
    all["env"] = read_file(own + "/env/runtime.env");
    return all;
}

std::map<std::string, BackupGround::Content> BackupGround::contents() const {
    std::map<std::string, Content> all;
    for (const auto& tenant : tenants_)
        all[tenant] = content(tenant);
    return all;
}

void BackupGround::wipe() {
    clearing_.clear();
    fs::remove_all(runner.tenant_root());
    for (const auto& tenant : tenants_) {
        REQUIRE_FALSE(engine.has_volume("tenant_" + tenant + "_state"));
        REQUIRE_FALSE(engine.has_container(runtime_of(tenant)));
    }
}

std::string BackupGround::status(const std::string& tenant) const {
    return engine.has_container(runtime_of(tenant)) ? engine.facts(runtime_of(tenant)).status
                                                    : "none";
}

}  // namespace nexus::test
