#include "backup/verification.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <system_error>

#include "backup/blob_store.hpp"
#include "backup/run_store.hpp"
#include "base/cancel.hpp"
#include "base/failure.hpp"

namespace nexus::backup {
namespace {

// What a run says of a blob. Two that say different things of one cannot both be right.
struct Claim {
    std::string sha256;
    std::int64_t tar_bytes;
    std::int64_t entries;

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees one in what the compiler writes
    auto operator<=>(const Claim&) const = default;
};

// Claim → the problem with it; empty: none.
using Verdicts = std::map<Claim, std::string>;

Claim claim_of(const Part& part) {
    return {part.sha256, part.tar_bytes, part.entries};
}

std::string name_of(const TenantBackup& backup, const Part& part) {
    return backup.tenant.text() + " " + std::string(to_string(part.name));
}

// Calls `use` with each part of the run that has a blob.
template <typename Use>
void for_each_kept(const Run& run, Use use) {
    for (const auto& backup : run.tenants) {
        for (const auto& part : backup.parts) {
            if (part.status != PartStatus::failed) use(backup, part);
        }
    }
}

Permit until(int cancel_fd) {
    return [cancel_fd] {
        if (!is_cancelled(cancel_fd)) return;
        throw Failure(ErrorCode::cancelled, "the verification was cancelled; nothing was noted");
    };
}

std::string problem_of(const BlobStore& blobs, const Claim& claim, const Permit& permit) {
    try {
        blobs.verify(claim.sha256, claim.tar_bytes, claim.entries, permit);
        return {};
    } catch (const BlobDamaged& error) {
        return error.what();
    } catch (const std::system_error& error) {  // a disk says so where it has lost something
        return "the blob " + claim.sha256 + " cannot be read: " + error.what();
    }
}

// The first part that names a blob stands for all.
std::map<Claim, std::string> claims_of(const std::vector<Run>& runs) {
    std::map<Claim, std::string> claims;
    for (const auto& run : runs) {
        for_each_kept(run, [&](const TenantBackup& backup, const Part& part) {
            claims.emplace(claim_of(part), name_of(backup, part));
        });
    }
    return claims;
}

std::vector<std::string> problems_of(const Run& run, const Verdicts& verdicts) {
    std::vector<std::string> problems;
    for_each_kept(run, [&](const TenantBackup& backup, const Part& part) {
        const auto& problem = verdicts.at(claim_of(part));
        if (!problem.empty()) problems.push_back(name_of(backup, part) + ": " + problem);
    });
    return problems;
}

void note(const BackupDir& dir, const Run& run, const std::string& by,
          std::vector<std::string> problems) {
    constexpr std::size_t most = 1000;  // for people; the others differ in the name of the tenant
    problems.resize(std::min(problems.size(), most));
    RunStore(dir).note(run.id, {wall_now(), problems.empty(), by, std::move(problems)});
}

}  // namespace

std::vector<std::vector<std::string>> verify(const BackupDir& dir, const std::vector<Run>& runs,
                                             const std::string& by, const VerifyReport& report,
                                             int cancel_fd) {
    const Permit permit = until(cancel_fd);
    const BlobStore blobs(dir);
    const auto claims = claims_of(runs);
    Verdicts verdicts;
    for (const auto& [claim, name] : claims) {
        permit();
        report(name, verdicts.size(), claims.size());
        verdicts.emplace(claim, problem_of(blobs, claim, permit));
    }
    std::vector<std::vector<std::string>> problems;
    for (const auto& run : runs) {
        problems.push_back(problems_of(run, verdicts));
        note(dir, run, by, problems.back());
    }
    return problems;
}

std::optional<std::string> newest_whole(const BackupDir& dir, const TenantId& tenant,
                                        const std::string& before, int cancel_fd) {
    const UniqueFd shared = dir.share_blobs(cancel_fd);
    const Permit permit = until(cancel_fd);
    const BlobStore blobs(dir);
    Verdicts verdicts;
    const auto is_good = [&](const Part& part) {
        permit();
        const auto [verdict, is_new] = verdicts.try_emplace(claim_of(part));
        if (is_new) verdict->second = problem_of(blobs, verdict->first, permit);
        return verdict->second.empty();
    };
    std::optional<std::string> found;
    RunStore(dir).for_each_holding(tenant, [&](const Run& run) {
        if (!before.empty() && run.id >= before) return false;
        const auto& parts = run.find(tenant)->parts;
        if (std::all_of(parts.begin(), parts.end(), is_good)) found = run.id;
        return found.has_value();
    });
    return found;
}

}  // namespace nexus::backup
