// Three tenants, and what the tests of a run ask of it. Threads: one.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/backup/capture_house.hpp"

namespace nexus::backup {

using Ids = std::vector<std::string>;

inline const Ids all_three{"acme", "bolt", "cord"};

struct SnapshotFixture : CaptureHouse {
    SnapshotFixture() {
        add_tenant("bolt");
        add_tenant("cord");
        take_calls();
    }
    static Ids tenants_of(const Run& run) {
        Ids ids;
        for (const auto& tenant : run.tenants)
            ids.push_back(tenant.tenant.text());
        return ids;
    }
    static TenantId id(const std::string& text) { return *TenantId::parse(text); }
    static const TenantBackup& of(const Run& run, const std::string& tenant) {
        const auto* found = run.find(id(tenant));
        REQUIRE(found != nullptr);
        return *found;
    }
    // Nothing was published, and nothing is left.
    void check_nothing() {
        CHECK(runs.list().empty());
        check_tidy();
    }
    tenants::JobContext job(const std::string& tenant) {
        acme = id(tenant);
        return context();
    }
};

}  // namespace nexus::backup
