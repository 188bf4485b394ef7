// The lifecycle with everything around it: a folder of its own, a backend that only remembers, and
// one tenant. Threads: one.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "support/temp_dir.hpp"
#include "tenants/lifecycle.hpp"
#include "tenants/tenant_files.hpp"
#include "unit/tenants/fake_backend.hpp"

namespace nexus::tenants {

inline config::Settings make_settings(const std::string& root) {
    config::Settings settings;
    settings.node_name = "n1";
    settings.tenant_root = root;
    settings.nexus_image =
        std::get<config::ImageRef>(config::ImageRef::parse("ghcr.io/acme/nexus:1"));
    settings.runtime_cpus = 0.5;
    settings.runtime_memory = 64 << 20;
    settings.runtime_pids = 100;
    settings.bridge_port = 8765;
    settings.stop_timeout = std::chrono::seconds(1);
    settings.pull_timeout = std::chrono::seconds(5);
    settings.tenant_subnet_pool =
        std::get<config::Ipv4Network>(config::parse_ipv4_network("10.231.0.0/24"));
    return settings;
}

struct House {
    test::TempDir folder;
    config::Settings settings = make_settings(folder.path().string());
    Redactor redactor;
    Log log{STDERR_FILENO, LogLevel::critical, LogFormat::text, redactor};
    test::FakeBackend backend;
    TenantStore store{settings.tenant_root};
    SubnetPool subnets{settings.tenant_subnet_pool};
    ImagePuller puller{backend, "", redactor, log};
    StatusBook book;
    Lifecycle lifecycle{backend, store, puller, subnets, book, settings};
    TenantId acme = *TenantId::parse("acme");
    CancelSource cancel;
    int jobs = 0;

    JobContext context() {
        const auto far = JobContext::Clock::now() + std::chrono::hours(1);
        return {{"job" + std::to_string(++jobs), 1, 1},
                acme,
                std::chrono::seconds(5),
                far,
                cancel.fd()};
    }
    VerbResult provision(const ProvisionRequest& request = {}) {
        auto circumstances = context();
        return lifecycle.provision(request, circumstances);
    }
    template <typename Verb>
    VerbResult run(Verb verb) {
        auto circumstances = context();
        return verb(circumstances);
    }
    VerbResult stop() {
        return run([&](JobContext& c) { return lifecycle.stop(c); });
    }
    VerbResult start(const StartRequest& request = {}) {
        return run([&](JobContext& c) { return lifecycle.start(request, c); });
    }
    VerbResult restart() {
        return run([&](JobContext& c) { return lifecycle.restart({}, c); });
    }
    VerbResult remove(bool keep_volumes = false) {
        return run([&](JobContext& c) { return lifecycle.remove(keep_volumes, c); });
    }
    ErrorCode code_of(const std::function<void()>& act) {
        try {
            act();
        } catch (const Failure& failure) {
            return failure.code();
        }
        FAIL("nothing was thrown");
        return ErrorCode::internal;
    }
    long count(const std::string& op) const {
        return std::count(backend.calls.begin(), backend.calls.end(), op);
    }
};

}  // namespace nexus::tenants
