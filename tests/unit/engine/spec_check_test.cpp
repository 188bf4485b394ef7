#include "engine/spec_check.hpp"

#include <doctest/doctest.h>

namespace nexus::engine {
namespace {

TEST_CASE("a spec that would get around the hardening is refused by the member's name") {
    const struct {
        const char* member;
        void (*spoil)(ContainerSpec&);
    } cases[] = {
        {"add_capabilities", [](ContainerSpec& s) { s.add_capabilities = {"ALL"}; }},
        {"add_capabilities", [](ContainerSpec& s) { s.add_capabilities = {"all"}; }},
        {"add_capabilities", [](ContainerSpec& s) { s.add_capabilities = {"CAP_ALL"}; }},
        {"add_capabilities", [](ContainerSpec& s) { s.add_capabilities = {""}; }},
        {"volume",
         [](ContainerSpec& s) {
             s.volumes = {{"/etc", "/data"}};
         }},
        {"volume",
         [](ContainerSpec& s) {
             s.volumes = {{"", "/data"}};
         }},
        {"volumes",
         [](ContainerSpec& s) {
             s.volumes = {{"vol", "data"}};
         }},
        {"binds",
         [](ContainerSpec& s) {
             s.binds = {{"vol", "/data", false}};
         }},
        {"binds",
         [](ContainerSpec& s) {
             s.binds = {{"/a", "", false}};
         }},
        {"tmpfs", [](ContainerSpec& s) { s.tmpfs = {"tmp"}; }},
        {"env",
         [](ContainerSpec& s) {
             s.env = {{"", "x"}};
         }},
        {"env",
         [](ContainerSpec& s) {
             s.env = {{"A=B", "x"}};
         }},
    };
    for (const auto& c : cases) {
        ContainerSpec spec;
        c.spoil(spec);
        CAPTURE(c.member);
        try {
            check_spec(spec);
            FAIL("taken");
        } catch (const BackendError& error) {
            CHECK(error.code() == Code::invalid);
            CHECK(std::string_view(error.what()).starts_with(c.member));
        }
    }
}

TEST_CASE("the value of a variable is in no message") {
    ContainerSpec spec;
    spec.env = {{"A=B", "a secret"}};
    try {
        check_spec(spec);
        FAIL("taken");
    } catch (const BackendError& error) {
        CHECK(std::string_view(error.what()).find("a secret") == std::string_view::npos);
    }
}

}  // namespace
}  // namespace nexus::engine
