// The lifecycle with everything around it: a folder of its own, a backend that only remembers, and
// one tenant. Threads: one.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>
#include <vector>

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
    std::function<void()> permit = [] {};  // called before every step of a verb
    std::vector<TenantEvent> told;         // by the last verb, besides its result
    int jobs = 0;

    JobContext context() {
        const auto far = JobContext::Clock::now() + std::chrono::hours(1);
        return {{"job" + std::to_string(++jobs), 1, 1},
                acme,
                std::chrono::seconds(5),
                far,
                cancel.fd(),
                [this] { permit(); }};
    }
    VerbResult provision(const ProvisionRequest& request = {}) {
        return run([&](JobContext& c) { return lifecycle.provision(request, c); });
    }
    template <typename Verb>
    VerbResult run(Verb verb) {
        auto circumstances = context();
        try {
            auto result = verb(circumstances);
            told = circumstances.take_events();
            return result;
        } catch (...) {
            told = circumstances.take_events();
            throw;
        }
    }
    VerbResult stop() {
        return run([&](JobContext& c) { return lifecycle.stop(c); });
    }
    VerbResult start(const StartRequest& request = {}) {
        return run([&](JobContext& c) { return lifecycle.start(request, c); });
    }
    VerbResult restart(const StartRequest& request = {}) {
        return run([&](JobContext& c) { return lifecycle.restart(request, c); });
    }
    VerbResult pair_start(const StartRequest& request = {}) {
        return run([&](JobContext& c) { return lifecycle.pair_start(request, c); });
    }
    VerbResult whatsapp_disconnect() {
        return run([&](JobContext& c) { return lifecycle.whatsapp_disconnect(c); });
    }
    VerbResult apply_config(const ApplyConfigRequest& request) {
        return run([&](JobContext& c) { return lifecycle.apply_config(request, c); });
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
    // The next call of `op` fails, and no other.
    void fail_once(const std::string& op, Code code = Code::unavailable) {
        backend.before = [op, code, failed = false](const std::string& called) mutable {
            if (called != op || std::exchange(failed, true)) return;
            throw BackendError(code, "once", code == Code::unavailable);
        };
    }
    // Runs `verb` in a process that dies before its `step`-th step, then in the next one, which
    // goes on with the same job. False where it ends before that.
    bool dies_at(int step, const std::function<void()>& verb) {
        struct Death {};
        permit = [&step] {
            if (--step == 0) throw Death{};
        };
        try {
            verb();
            permit = [] {};
            return false;
        } catch (const Death&) {
            permit = [] {};
            --jobs;
        }
        verb();
        return true;
    }
    // Of what the backend changed, everything that was done more often than once.
    std::set<std::string> doubled() const {
        std::set<std::string> seen;
        std::set<std::string> twice;
        for (const auto& effect : backend.effects) {
            if (!seen.insert(effect).second) twice.insert(effect);
        }
        return twice;
    }
    const ContainerState& runtime() const { return backend.containers.at("tenant_acme_runtime"); }
    bool has_aside() const { return backend.containers.count("tenant_acme_previous") > 0; }
    long count(const std::string& op) const {
        return std::count(backend.calls.begin(), backend.calls.end(), op);
    }
};

}  // namespace nexus::tenants
