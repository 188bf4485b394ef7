#include "queue/spool.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include "support/temp_dir.hpp"

using namespace nexus;
using namespace nexus::queue;

namespace {

struct SpoolFixture {
    test::TempDir folder;
    Redactor redactor;
    UniqueFd sink{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
    Log log{sink.get(), LogLevel::error, LogFormat::text, redactor};
    Spool spool{Directory::open(folder.path()), log};
};

OutboxItem full_item() {
    OutboxItem item{OutboxItem::Kind::finished};
    item.entry_id = "5-0";
    item.job_id = "j1";
    item.tenant_id = "acme";
    item.state = "failed";
    item.attempts = 3;
    item.result = R"({"job_id":"j1","data":{"log":["a\nb"]}})";
    item.reply_to = "nexus:reply:x";
    item.event = "{}";
    item.dead_reason = "attempts";
    item.dead_error = "line one\nline two";
    item.placement = "9-1";
    return item;
}

}  // namespace

TEST_CASE_FIXTURE(SpoolFixture, "what is spooled comes back whole and in its order") {
    const OutboxItem first = full_item();
    OutboxItem second{OutboxItem::Kind::event};
    second.tenant_id = "globex";
    spool.append({&first});
    spool.append({&second, &first});
    const auto items = spool.load();
    REQUIRE(items.size() == 3);
    CHECK(items[1].kind == OutboxItem::Kind::event);
    CHECK(items[1].tenant_id == "globex");
    CHECK(items[2].kind == OutboxItem::Kind::finished);
    CHECK(items[2].result == first.result);
    CHECK(items[2].dead_error == first.dead_error);
    CHECK(items[2].placement == "9-1");
    CHECK(items[2].attempts == 3);
    spool.replace({&second});
    CHECK(spool.load().size() == 1);
    spool.replace({});
    CHECK(spool.load().empty());
    CHECK_FALSE(Directory::open(folder.path()).exists("spool"));
}

TEST_CASE_FIXTURE(SpoolFixture, "damaged lines are passed over, whole ones are not") {
    const OutboxItem good = full_item();
    for (const std::string bad : {"", "not json", "{}", R"({"kind":"progress","attempts":1})",
                                  R"({"kind":"event"})", R"({"kind":"finished","attempts":"1"})",
                                  R"({"kind":"finished","result":7,"attempts":1})"}) {
        CAPTURE(bad);
        test::write_file(folder / "spool", bad + "\n");
        spool.append({&good});
        CHECK(spool.load().size() == 1);
    }
    spool.replace({&good});
    auto cut = test::read_file(folder / "spool");
    test::write_file(folder / "spool", cut + cut.substr(0, cut.size() / 2));
    CHECK(spool.load().size() == 1);
}
