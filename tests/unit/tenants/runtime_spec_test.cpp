#include "tenants/runtime_spec.hpp"

#include <doctest/doctest.h>

using namespace nexus;
using namespace nexus::tenants;

namespace {

TenantRecord make_record() {
    TenantRecord record(*TenantId::parse("acme"));
    record.image = "ghcr.io/acme/nexus:1";
    record.limits = {0.8, 1152 << 20, 512};
    record.network = {"tenant_acme_net", "10.231.0.0/28"};
    record.generation = 7;
    return record;
}

config::Settings make_settings() {
    config::Settings settings;
    settings.node_name = "n1";
    settings.stop_timeout = std::chrono::seconds(10);
    return settings;
}

std::string hash_of(const ContainerSpec& spec) {
    return spec.labels.at(spec_label);
}

}  // namespace

TEST_CASE("the container is hardened, limited, and mounts nothing but the tenant's own") {
    const auto spec = runtime_spec(make_record(), {{"A", "1"}}, "/t/acme/config", make_settings());
    CHECK(spec.name == "tenant_acme_runtime");
    CHECK(spec.add_capabilities.empty());
    CHECK(spec.memory_bytes == 1152LL << 20);
    CHECK(spec.nano_cpus == 800'000'000);
    CHECK(spec.pids == 512);
    CHECK(spec.nofile > 0);
    CHECK(spec.tmpfs == std::vector<std::string>{"/tmp"});
    REQUIRE(spec.binds.size() == 1);
    CHECK(spec.binds[0].source == "/t/acme/config");
    CHECK(spec.binds[0].target == "/data/config");
    REQUIRE(spec.volumes.size() == 2);
    CHECK(spec.volumes[0].volume == "tenant_acme_session");
    CHECK(spec.volumes[0].target == "/data/session");
    CHECK(spec.volumes[1].volume == "tenant_acme_state");
    CHECK(spec.labels.at("io.nexus.generation") == "7");
    CHECK(spec.stop_timeout_seconds == 10);
}

TEST_CASE("a record without limits gets those of the settings: there is no runtime without") {
    auto record = make_record();
    auto settings = make_settings();
    settings.runtime_cpus = 0.5;
    settings.runtime_memory = 64 << 20;
    settings.runtime_pids = 9;
    for (const Limits& limits : {Limits{}, Limits{-1, -1, -1}}) {
        record.limits = limits;
        const auto spec = runtime_spec(record, {}, "/c", settings);
        CHECK(spec.nano_cpus == 500'000'000);
        CHECK(spec.memory_bytes == 64 << 20);
        CHECK(spec.pids == 9);
    }
}

TEST_CASE("the spec's hash changes with what makes another container, and with nothing else") {
    const auto settings = make_settings();
    const auto base = hash_of(runtime_spec(make_record(), {{"A", "1"}}, "/c", settings));
    CHECK(base.size() == 64);
    auto record = make_record();
    record.generation = 8;
    CHECK(hash_of(runtime_spec(record, {{"A", "1"}}, "/c", settings)) == base);
    CHECK(hash_of(runtime_spec(record, {{"A", "2"}}, "/c", settings)) != base);
    CHECK(hash_of(runtime_spec(record, {{"A", "1"}}, "/d", settings)) != base);
    record.image = "ghcr.io/acme/nexus:2";
    CHECK(hash_of(runtime_spec(record, {{"A", "1"}}, "/c", settings)) != base);
    record = make_record();
    record.limits.pids = 513;
    CHECK(hash_of(runtime_spec(record, {{"A", "1"}}, "/c", settings)) != base);
    auto read_only = settings;
    read_only.runtime_read_only = true;
    CHECK(hash_of(runtime_spec(make_record(), {{"A", "1"}}, "/c", read_only)) != base);
}
