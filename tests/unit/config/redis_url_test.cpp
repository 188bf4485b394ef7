#include "config/redis_url.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace nexus::config;

TEST_CASE("a Redis URL is taken apart") {
    using S = RedisScheme;
    struct Row {
        const char* text;
        RedisUrl expected;
    };
    for (const Row& row :
         {Row{"redis://default:s3cret@10.0.0.2:6379/0",
              {S::redis, "10.0.0.2", 6379, "", "default", "s3cret", 0}},
          Row{"rediss://:s3cret@redis.internal/15",
              {S::rediss, "redis.internal", 6379, "", "", "s3cret", 15}},
          Row{"redis://localhost", {S::redis, "localhost", 6379, "", "", "", 0}},
          Row{"redis://localhost/", {S::redis, "localhost", 6379, "", "", "", 0}},
          Row{"redis://[fd00::2]:7000/1", {S::redis, "fd00::2", 7000, "", "", "", 1}},
          Row{"redis://u%40x:p%40%2F%3A%25%C3%A9@h",
              {S::redis, "h", 6379, "", "u@x", "p@/:%\xC3\xA9", 0}},
          Row{"redis://u:a:b!$&'()*+,;=@h", {S::redis, "h", 6379, "", "u", "a:b!$&'()*+,;=", 0}},
          Row{"unix:///run/redis/redis.sock",
              {S::unix_socket, "", 0, "/run/redis/redis.sock", "", "", 0}},
          Row{"unix://u:p@/run/r%20s@x?db=3",
              {S::unix_socket, "", 0, "/run/r s@x", "u", "p", 3}}}) {
        CAPTURE(row.text);
        const auto parsed = parse_redis_url(row.text);
        if (const auto* problem = std::get_if<std::string>(&parsed)) FAIL_CHECK(*problem);
        REQUIRE(std::holds_alternative<RedisUrl>(parsed));
        CHECK((std::get<RedisUrl>(parsed) == row.expected));
    }
}

TEST_CASE("every URL that is refused says how to mend it, and never shows the password") {
    struct Row {
        const char* text;
        const char* part;
    };
    for (const Row& row : {Row{"", "no scheme"},
                           Row{"default:hunter2@10.0.0.2", "no scheme"},
                           Row{"10.0.0.2:6379", "no scheme"},
                           Row{"redis:default:hunter2@h", "no scheme"},
                           Row{"http://h", "unknown scheme"},
                           Row{"REDIS://h", "unknown scheme"},
                           Row{"://h", "unknown scheme"},
                           Row{"redis://", "no host"},
                           Row{"redis:///0", "no host"},
                           Row{"redis://u:hunter2@", "no host"},
                           Row{"redis://u:hunter2@:6379", "no host"},
                           Row{"redis://u:hunter2@/0", "no host"},
                           Row{"redis://h:", "bad port"},
                           Row{"redis://h:0", "bad port"},
                           Row{"redis://h:65536", "bad port"},
                           Row{"redis://h:63x9", "bad port"},
                           Row{"redis://u:hunter2@h:-1/0", "bad port"},
                           Row{"redis://h/x", "bad database"},
                           Row{"redis://h/-1", "bad database"},
                           Row{"redis://h/0/1", "bad database"},
                           Row{"redis://h/65536", "bad database"},
                           Row{"redis://h/99999999999999999999", "bad database"},
                           Row{"redis://h/0?db=1", "'?' or '#'"},
                           Row{"redis://h#x", "'?' or '#'"},
                           Row{"redis://u:hunt er2@h", "percent-encoding"},
                           Row{"redis://u:<hunter2>@h", "percent-encoding"},
                           Row{"redis://u:hunter\"2@h", "percent-encoding"},
                           Row{"redis://u:hunter2\n@h", "percent-encoding"},
                           Row{"redis://u:hunter2\xC3\xA9@h", "percent-encoding"},
                           Row{"redis://u:hunter2@h\n", "percent-encoding"},
                           Row{"redis://u:hunt@er2@h", "@ as %40"},
                           Row{"redis://u:hunt/er2@h", "/ as %2F"},
                           Row{"redis://u:hunt?er2@h", "? as %3F"},
                           Row{"redis://u:hunt#er2@h", "# as %23"},
                           Row{"redis://u:hunter2[@h", "percent-encoding"},
                           Row{"redis://u:hunter2%@h", "% itself as %25"},
                           Row{"redis://u:hunter2%4@h", "% itself as %25"},
                           Row{"redis://u:hunter2%00@h", "% itself as %25"},
                           Row{"redis://hunter2@h", "no ':' before the '@'"},
                           Row{"redis://user:@h", "no password"},
                           Row{"redis://fd00::2", "brackets"},
                           Row{"redis://[fd00::2", "']'"},
                           Row{"redis://[h]", "no IPv6"},
                           Row{"redis://h%41", "neither a name"},
                           Row{"redis://a,b", "neither a name"},
                           Row{"unix://", "absolute path"},
                           Row{"unix:///", "absolute path"},
                           Row{"unix://run/redis.sock", "absolute path"},
                           Row{"unix://u:hunter2@run/r", "absolute path"},
                           Row{"unix:///r?database=1", "only ?db="},
                           Row{"unix:///r?db=x", "bad database"},
                           Row{"unix:///r?db=", "bad database"},
                           Row{"unix:///r#1", "'#' or a bad '%'"},
                           Row{"unix:///r%2", "'#' or a bad '%'"}}) {
        CAPTURE(row.text);
        const auto parsed = parse_redis_url(row.text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        const auto& problem = std::get<std::string>(parsed);
        CHECK(problem.find(row.part) != std::string::npos);
        CHECK(problem.find("hunt") == std::string::npos);
        CHECK(problem.find("er2") == std::string::npos);
    }
}

TEST_CASE("a URL beyond any sensible length is refused") {
    CHECK(std::holds_alternative<std::string>(
        parse_redis_url("redis://u:" + std::string(4096, 'a') + "@h")));
    CHECK(std::holds_alternative<std::string>(parse_redis_url("unix:///" + std::string(107, 'a'))));
    CHECK(std::holds_alternative<RedisUrl>(parse_redis_url("unix:///" + std::string(106, 'a'))));
}

TEST_CASE("only loopback hosts and unix sockets are local") {
    for (const char* text :
         {"redis://localhost", "redis://127.0.0.1", "redis://[::1]", "unix:///r"})
        CHECK(is_local(std::get<RedisUrl>(parse_redis_url(text))));
    for (const char* text :
         {"redis://redis", "redis://10.0.0.2", "redis://0.0.0.0", "rediss://[fd00::1]"})
        CHECK_FALSE(is_local(std::get<RedisUrl>(parse_redis_url(text))));
}

TEST_CASE("what is shown of a URL has no user and no password") {
    struct Row {
        const char* text;
        const char* shown;
    };
    for (const Row& row : {Row{"redis://u:p@h", "redis://h:6379/0"},
                           Row{"rediss://:p@[::1]:1/2", "rediss://[::1]:1/2"},
                           Row{"unix://u:p@/r?db=1", "unix:///r?db=1"}}) {
        CHECK(std::get<RedisUrl>(parse_redis_url(row.text)).shown() == row.shown);
    }
}

TEST_CASE("the secrets of a URL are known even where it is malformed") {
    const auto secrets = [](const char* text) { return redis_url_secrets(text); };
    const auto holds = [](const std::vector<std::string>& all, const char* one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    CHECK(holds(secrets("redis://u:p%40ss@h"), "redis://u:p%40ss@h"));
    CHECK(holds(secrets("redis://u:p%40ss@h"), "p%40ss"));
    CHECK(holds(secrets("redis://u:p%40ss@h"), "p@ss"));
    CHECK(holds(secrets("default:hunter2@10.0.0.2"), "hunter2"));
    CHECK(holds(secrets("redis://u:hunt@er2@h"), "hunt@er2"));
    CHECK(holds(secrets("redis://hunter2@h"), "hunter2"));
    CHECK(holds(secrets("redis://h"), "redis://h"));
}
