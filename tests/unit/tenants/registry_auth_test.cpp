#include "tenants/registry_auth.hpp"

#include <doctest/doctest.h>

#include "base/failure.hpp"
#include "support/temp_dir.hpp"

using namespace nexus;
using namespace nexus::tenants;

TEST_CASE("credentials are found under the names that docker login writes") {
    test::TempDir folder;
    const std::string file = folder / "config.json";
    // "bob:pass:word" and "eve:hubpass"
    test::write_file(file, R"({"auths":{"ghcr.io":{"auth":"Ym9iOnBhc3M6d29yZA=="},
        "https://index.docker.io/v1/":{"auth":"ZXZlOmh1YnBhc3M="},
        "https://r.example:5000":{"username":"u","password":"plainpass"},
        "tok.example":{"identitytoken":"idtoken99"},"empty.example":{}}})");
    Redactor redactor;
    const auto ghcr = registry_auth(file, "ghcr.io", redactor);
    CHECK(ghcr.username == "bob");
    CHECK(ghcr.password == "pass:word");
    CHECK(ghcr.server == "ghcr.io");
    CHECK(registry_auth(file, "docker.io", redactor).username == "eve");
    CHECK(registry_auth(file, "r.example:5000", redactor).password == "plainpass");
    CHECK(registry_auth(file, "tok.example", redactor).identity_token == "idtoken99");
    CHECK(registry_auth(file, "empty.example", redactor).username.empty());
    CHECK(registry_auth(file, "other.example", redactor).username.empty());
    CHECK(redactor.clean("is pass:word here") == "is *** here");
}

TEST_CASE("no file and no setting mean no credentials") {
    Redactor redactor;
    CHECK(registry_auth("", "ghcr.io", redactor).username.empty());
    CHECK(registry_auth("/nonexistent/config.json", "ghcr.io", redactor).username.empty());
}

TEST_CASE("a credentials file that cannot be understood is named, and shows nothing of itself") {
    test::TempDir folder;
    const std::string file = folder / "config.json";
    for (const char* text :
         {"{", "[]", R"({"auths":[]})", R"({"auths":{"ghcr.io":{"auth":"c2VjcmV0"}}})",
          R"({"auths":{"ghcr.io":"secret"}})"}) {
        CAPTURE(text);
        test::write_file(file, text);
        Redactor redactor;
        try {
            registry_auth(file, "ghcr.io", redactor);
            FAIL("it was taken");
        } catch (const Failure& failure) {
            CHECK(failure.code() == ErrorCode::image_unavailable);
            CHECK(std::string(failure.what()).find(file) != std::string::npos);
            CHECK(std::string(failure.what()).find("secret") == std::string::npos);
        }
    }
}
