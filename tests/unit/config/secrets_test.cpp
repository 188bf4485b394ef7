#include "config/secrets.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using nexus::config::secrets_of;

namespace {

std::set<std::string> backend_secrets(const std::string& text) {
    const auto all = secrets_of("BACKEND_CONFIG", text);
    std::set<std::string> result(all.begin(), all.end());
    result.erase(text);
    return result;
}

}  // namespace

TEST_CASE("strings under a name that sounds like a secret are secrets") {
    CHECK(backend_secrets(R"({"token":"abc","state_file":"/tmp/x","n":1})") ==
          std::set<std::string>{"abc"});
    CHECK(backend_secrets(R"({"Api_Key":"k","auth":{"passwordHash":"h"},"x":["y"]})") ==
          std::set<std::string>{"k", "h"});
    CHECK(backend_secrets(R"({"secrets":{"a":["b",{"c":"d"}]},"token":7})") ==
          std::set<std::string>{"b", "d"});
    CHECK(backend_secrets("{}").empty());
}

TEST_CASE("a text that is no JSON is a secret as a whole") {
    CHECK(secrets_of("BACKEND_CONFIG", "{\"token\":") == std::vector<std::string>{"{\"token\":"});
}

TEST_CASE("the password is a secret of REDIS_URL") {
    const auto all = secrets_of("REDIS_URL", "redis://u:hunter2@h");
    CHECK(std::find(all.begin(), all.end(), "hunter2") != all.end());
}
