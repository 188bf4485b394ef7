#include "base/log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <nexus/unique_fd.hpp>
#include <thread>
#include <vector>

#include "base/json.hpp"
#include "base/timestamp.hpp"
#include "support/temp_dir.hpp"

using namespace nexus;

namespace {

struct Written {
    test::TempDir folder;
    std::string path = folder / "log";
    UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    Redactor redactor;

    std::string text() const { return test::read_file(path); }
    std::vector<std::string> lines() const {
        std::vector<std::string> result(1);
        for (char c : text()) {
            if (c == '\n') {
                result.emplace_back();
            } else {
                result.back() += c;
            }
        }
        result.pop_back();  // every line ends with a newline
        return result;
    }
};

}  // namespace

TEST_CASE("known secrets are blotted out, the longest first") {
    Redactor redactor;
    redactor.add("hunter2");
    redactor.add("hunter2hunter2-long");
    CHECK(redactor.clean("a hunter2 b hunter2") == "a *** b ***");
    CHECK(redactor.clean("x hunter2hunter2-long y") == "x *** y");
    CHECK(redactor.clean("hunter2hunter2") == "******");
    CHECK(redactor.clean("nothing") == "nothing");
    CHECK(redactor.clean("") == "");
}

TEST_CASE("secrets too short to be told from words are left alone") {
    Redactor redactor;
    redactor.add("");
    redactor.add("abc");
    CHECK(redactor.clean("abc alphabet") == "abc alphabet");
    redactor.add("****");
    CHECK(redactor.clean("x****y") == "x***y");
}

TEST_CASE("a redactor may be asked and told from several threads") {
    Redactor redactor;
    redactor.add("hunter2");
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&redactor, i] {
            for (int turn = 0; turn < 100; ++turn) {
                redactor.add("secret-" + std::to_string(i * 1000 + turn));
                if (redactor.clean("hunter2") != "***") std::abort();
            }
        });
    }
}

TEST_CASE("a line of text has a time, a level, the message and the fields") {
    Written written;
    Log log(written.fd.get(), LogLevel::information, LogFormat::text, written.redactor);
    log.info("started", {{"node", "worker-1"}, {"n", "1"}});
    const auto lines = written.lines();
    REQUIRE(lines.size() == 1);
    CHECK(parse_timestamp(lines[0].substr(0, 24)).has_value());
    CHECK(lines[0].substr(24) == " information: started node=worker-1 n=1");
}

TEST_CASE("a line of JSON is one object with the same") {
    Written written;
    Log log(written.fd.get(), LogLevel::information, LogFormat::json, written.redactor);
    log.warning("odd \"thing\"\n", {{"node", "worker-1"}});
    const auto lines = written.lines();
    REQUIRE(lines.size() == 1);
    const auto document = json::parse(lines[0], json::own_files);
    const json::Reader reader(document);
    CHECK(parse_timestamp(reader.string("time")).has_value());
    CHECK(reader.string("level") == "warning");
    CHECK(reader.string("message") == "odd \"thing\"\n");
    CHECK(reader.string("node") == "worker-1");
}

TEST_CASE("levels below the least are not written") {
    Written written;
    Log log(written.fd.get(), LogLevel::warning, LogFormat::text, written.redactor);
    CHECK_FALSE(log.enabled(LogLevel::information));
    log.debug("no");
    log.info("no");
    log.warning("yes");
    log.error("yes");
    log.write(LogLevel::critical, "yes");
    CHECK(written.lines().size() == 3);
}

TEST_CASE("no message and no field can begin a line of its own") {
    for (const auto format : {LogFormat::text, LogFormat::json}) {
        Written written;
        Log log(written.fd.get(), LogLevel::information, format, written.redactor);
        std::string control;
        for (int c = 0; c < 32; ++c)
            control += static_cast<char>(c);
        control += '\x7f';
        log.info("a\n2026-11-23T10:00:00.123Z critical: forged\r\n" + control,
                 {{"field", "b\nforged" + control}});
        const auto lines = written.lines();
        REQUIRE(lines.size() == 1);
        CHECK(std::none_of(lines[0].begin(), lines[0].end(),
                           [](char c) { return c >= 0 && c < 0x20; }));
    }
}

TEST_CASE("secrets are blotted out of messages and fields in both formats") {
    for (const auto format : {LogFormat::text, LogFormat::json}) {
        Written written;
        written.redactor.add("hun\"ter\\2");
        Log log(written.fd.get(), LogLevel::information, format, written.redactor);
        log.info("the hun\"ter\\2", {{"url", "redis://u:hun\"ter\\2@h"}});
        CHECK(written.text().find("ter") == std::string::npos);
        CHECK(written.text().find("redis://u:***@h") != std::string::npos);
    }
}

TEST_CASE("a message that is no UTF-8 still makes a line of JSON") {
    Written written;
    Log log(written.fd.get(), LogLevel::information, LogFormat::json, written.redactor);
    log.info("\xFF\xC3", {{"x", "\x80"}});
    REQUIRE(written.lines().size() == 1);
    CHECK_NOTHROW(json::parse(written.lines()[0], json::own_files));
}

TEST_CASE("lines of several threads do not run into each other") {
    Written written;
    Log log(written.fd.get(), LogLevel::information, LogFormat::json, written.redactor);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int turn = 0; turn < 50; ++turn)
                    log.info(std::string(500, 'x'));
            });
        }
    }
    const auto lines = written.lines();
    CHECK(lines.size() == 200);
    for (const auto& line : lines)
        CHECK_NOTHROW(json::parse(line, json::own_files));
}

TEST_CASE("a log that cannot be written does no harm") {
    const Redactor redactor;
    Log log(-1, LogLevel::information, LogFormat::text, redactor);
    CHECK_NOTHROW(log.info("lost"));
}
