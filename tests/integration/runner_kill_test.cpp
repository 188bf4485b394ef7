// A runner that dies at any step of any verb, or while it mends a tenant: the next one ends where
// this one would have ended, with the volumes as they were.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "integration/killing_ground.hpp"

using namespace nexus::test;

namespace {

// Whatever it was before, the tenant is of this image then.
Request provision_of(const std::string& image) {
    return {"provision", R"({"runtime_env":{"REVISION":"1"},"nexus_image":")" + image + "\"}"};
}

const Request stop{"stop"};

// The same container without any label, and no record of it.
void make_of_older_deployment(KillingGround& ground, const std::string& tenant) {
    const auto name = runtime_of(tenant), prefix = "tenant_" + tenant;
    ground.engine.remove_container(name);
    std::filesystem::remove(ground.runner.tenant_root() + "/" + tenant + "/tenant.json");
    const auto made =
        ground.engine.curl("POST", "/containers/create?name=" + name,
                           R"({"Image":")" + ground.first_image() +
                               R"(","Env":["REVISION=1"],"HostConfig":{"NetworkMode":")" + prefix +
                               R"(_net","Binds":[")" + prefix + R"(_session:/data/session",")" +
                               prefix + R"(_state:/data/state"]}})");
    CAPTURE(made.body);
    REQUIRE(made.status == 201);
    REQUIRE(ground.engine.curl("POST", "/containers/" + name + "/start").status == 204);
}

Request with_image(const std::string& image) {
    return {"start", R"({"nexus_image":")" + image + "\"}"};
}

std::vector<Deed> deeds_of_jobs(const KillingGround& ground) {
    const auto& first = ground.first_image();
    const auto provision = provision_of(first);
    const Became runs{"running", first};
    const Became anew{"running", first, "2"};
    const Became paired{"running", first, "1", Volume::renewed};
    const Became gone{"", "", "", Volume::gone, Volume::gone};
    return {{"new",
             {},
             {"running", first, "1", Volume::renewed, Volume::renewed},
             provision,
             "provisioned"},
            {"changed",
             {provision},
             anew,
             {"provision", R"({"runtime_env":{"REVISION":"2"}})"},
             "provisioned"},
            {"start", {provision, stop}, runs, {"start"}, "started"},
            {"stop", {provision}, {"exited", first}, stop, "stopped"},
            {"restart", {provision}, runs, {"restart"}, "restarted"},
            {"bad-image", {provision}, runs, with_image(ground.bad_image()), "image_rolled_back"},
            {"pair", {provision}, paired, {"pair_start"}, "pairing_started"},
            {"disconnect", {provision}, paired, {"whatsapp_disconnect"}, "whatsapp_disconnected"},
            {"config",
             {provision},
             anew,
             {"apply_config", R"({"env":{"REVISION":"2"}})"},
             "config_applied"},
            {"good-image",
             {provision},
             {"running", ground.good_image()},
             with_image(ground.good_image()),
             "started"},
            {"delete", {provision}, gone, {"delete"}, "deleted"},
            {"delete-kept", {provision}, {""}, {"delete", R"({"keep_volumes":true})"}, "deleted"}};
}

// Behind the runner's back, and what it left half done when the queue was lost.
std::vector<Deed> deeds_of_reconciler(const KillingGround& place) {
    using Ground = KillingGround;
    const auto& first = place.first_image();
    const auto provision = provision_of(first);
    const Became runs{"running", first};
    const auto half = [](Request job, std::string passage) {
        return [job = std::move(job), passage = std::move(passage)](Ground& ground,
                                                                    const std::string& tenant) {
            ground.leave_half_done(tenant, job, passage);
        };
    };
    return {{"removed",
             {provision},
             runs,
             {},
             "",
             [](Ground& ground, const std::string& tenant) {
                 ground.engine.remove_container(runtime_of(tenant));
             }},
            {"drifted",
             {provision},
             {"running", first, "2"},
             {},
             "",
             [](Ground& ground, const std::string& tenant) {
                 const auto file = ground.runner.tenant_root() + "/" + tenant + "/env/runtime.env";
                 const std::string before = "REVISION=1";
                 auto text = read_file(file);
                 write_file(file, text.replace(text.find(before), before.size(), "REVISION=2"));
             }},
            {"unwanted",
             {provision, stop},
             {"exited", first},
             {},
             "",
             [](Ground& ground, const std::string& tenant) {
                 ground.engine.curl("POST", "/containers/" + runtime_of(tenant) + "/start");
             }},
            {"half-updated",
             {provision},
             runs,
             {},
             "",
             half(with_image(place.good_image()), "after_container_started:1")},
            {"half-deleted",
             {provision},
             {"", "", "", Volume::gone, Volume::gone},
             {},
             "",
             half({"delete"}, "after_record_saved:1")},
            {"adopted", {provision}, runs, {}, "", make_of_older_deployment}};
}

}  // namespace

TEST_CASE("killed at any step of any verb, a runner ends in the desired state") {
    KillingGround ground;
    std::set<std::string> died_at;
    for (const auto& deed : deeds_of_jobs(ground))
        died_at.merge(ground.play(deed));
    std::set<std::string> never;
    std::set_difference(ground.steps().begin(), ground.steps().end(), died_at.begin(),
                        died_at.end(), std::inserter(never, never.end()));
    CHECK(never == std::set<std::string>());
}

TEST_CASE("killed in the middle of a repair, a runner ends it at its next start") {
    KillingGround ground;
    for (const auto& deed : deeds_of_reconciler(ground))
        CHECK_FALSE(ground.play(deed).empty());
}
