#include "http/front_page.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>

#include <array>

#include "base/base64.hpp"
#include "http/answers.hpp"
#include "unit/http/fake_source.hpp"

using nexus::http::answer;
using nexus::test::FakeSource;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// What a browser holds against the policy: all between the tags.
std::string source_of(const std::string& document, const std::string& tag) {
    const std::string opening = "<" + tag + ">";
    const auto begin = document.find(opening);
    REQUIRE(begin != std::string::npos);
    CHECK(document.find(opening, begin + 1) == std::string::npos);
    const auto from = begin + opening.size();
    const auto text = document.substr(from, document.find("</" + tag + ">", from) - from);
    CHECK(text.size() > 1000);
    std::array<char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    REQUIRE(EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()),
                       &size, EVP_sha256(), nullptr) == 1);
    return "'sha256-" + nexus::to_base64({digest.data(), size}) + "'";
}

}  // namespace

TEST_CASE("/ is a page for people, which asks nothing of the program before it is open") {
    FakeSource source;
    source.broken = true;
    for (const char* target : {"/", "/?", "/?node=1"}) {
        CAPTURE(target);
        const auto page = answer({"GET", target}, source);
        CHECK(page.status == 200);
        CHECK(page.type == "text/html; charset=utf-8");
        CHECK(page.body.find("<!doctype html>\n<html lang=\"en\">") == 0);
        CHECK(page.body.ends_with("</html>\n"));
        CHECK(has(page.body, "<noscript>"));
    }
    CHECK(source.asked == 0);
    for (const char* method : {"HEAD", "POST", "DELETE"}) {
        CAPTURE(method);
        const auto refused = answer({method, "/"}, source);
        CHECK(refused.status == 405);
        CHECK(refused.allow == "GET");
        CHECK(refused.policy.empty());
    }
    CHECK(answer({"GET", "/", true}, source).status == 413);
}

TEST_CASE("the page needs nothing from elsewhere, and puts no value in as markup") {
    const std::string& document = nexus::http::front_page().document;
    for (const char* part : {"http:", "https:", "src=", "url(", "@import", "import(", "<link",
                             "<img", "<iframe", "innerHTML", "outerHTML", "insertAdjacentHTML",
                             "document.write", "eval(", "style=", "onclick=", "onload="}) {
        CAPTURE(part);
        CHECK_FALSE(has(document, part));
    }
    // Relative, for a proxy that has it under another path.
    for (const char* path : {"ask('status'", "ask('readyz'", "ask('healthz'", "href=\"status\""}) {
        CAPTURE(path);
        CHECK(has(document, path));
    }
    CHECK_FALSE(has(document, "href=\"/"));
}

TEST_CASE("the page's policy lets its own script and style in, and nothing else") {
    const auto& page = nexus::http::front_page();
    CHECK(page.policy == "default-src 'none'; connect-src 'self'; style-src " +
                             source_of(page.document, "style") + "; script-src " +
                             source_of(page.document, "script") +
                             "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    FakeSource source;
    CHECK(answer({"GET", "/"}, source).policy == page.policy);
    for (const char* target : {"/healthz", "/readyz", "/status", "/metrics", "/nothing"}) {
        CAPTURE(target);
        CHECK(answer({"GET", target}, source).policy.empty());
    }
}
