// Runs for the tests of what is kept of them. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "backup/manifest.hpp"

namespace nexus::test {

inline config::TenantId tenant(std::string_view id) {
    return *config::TenantId::parse(id);
}

// 64 times this digit.
inline std::string sha256_of(char digit) {
    return std::string(64, digit);
}

backup::Part make_part(backup::PartName name, const std::string& sha256);
backup::Part make_failed_part(backup::PartName name);

// Folder, session and state, with the blobs of the digits 1, 2 and 3.
backup::TenantBackup make_tenant(std::string_view id);

// Of the whole node, with one tenant, acme, at the moment that the id says.
backup::Run make_run(const std::string& id);

}  // namespace nexus::test
