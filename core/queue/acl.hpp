// The users that Redis should have for this program, each with no more rights than it uses: the
// keys and channels of one prefix, and the commands. Pure; threads: any.
#pragma once

#include <string>
#include <vector>

namespace nexus::queue {

struct AclUser {
    std::string name;
    std::string about;               // for whom
    std::vector<std::string> rules;  // as for ACL SETUSER, without `on` and the password
};

// Who serves, and who looks at nodes, tenants and dead letters from there. With an empty `node` it
// is one user for every node; else the user of that node alone, which cannot read or remove the
// jobs of another and cannot take its lease.
AclUser node_user(const std::string& prefix, const std::string& node);

// Who adds jobs to the intake and reads results, events and the ledger.
AclUser producer_user(const std::string& prefix);

}  // namespace nexus::queue
