// Any bytes as a run.json, and any edits of a good one: a run that says the same when it is written
// and read again, or one error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "backup/manifest.hpp"
#include "base/json.hpp"

using namespace nexus::backup;

namespace {

constexpr const char* id = "20261126T021500.123Z";

void require(bool truth) {
    if (!truth) std::abort();
}

void check_part(const Part& part) {
    require(part.tar_bytes >= 0 && part.blob_bytes >= 0 && part.file_bytes >= 0);
    require(part.entries >= 0);
    require(part.status == PartStatus::failed ? part.sha256.empty() : is_sha256(part.sha256));
}

void check_run(const Run& run) {
    require(run.id == id);
    const std::string text = to_json(run);
    require(to_json(parse_run(text, id)) == text);
    std::int64_t total = 0;
    for (const auto& backup : run.tenants) {
        require(run.find(backup.tenant) == &backup);
        require(nexus::config::TenantId::parse(backup.tenant.text()) == backup.tenant);
        for (const auto& part : backup.parts) {
            check_part(part);
            require(backup.find(part.name) == &part);
            require(!__builtin_add_overflow(total, part.tar_bytes, &total));
        }
    }
}

Run good_run() {
    Run run;
    run.id = id;
    for (const char* tenant : {"acme", "beta"}) {
        auto& backup = run.tenants.emplace_back(*TenantId::parse(tenant));
        for (const PartName name : all_parts) {
            auto& part = backup.parts.emplace_back();
            part.name = name;
            part.sha256 = std::string(64, 'a');
            part.tar_bytes = 10240;
            part.changed = {"db"};
            part.labels = {{"io.nexus.tenant", tenant}};
        }
    }
    auto& failed = run.tenants[1].parts[2];
    failed.status = PartStatus::failed;
    failed.reason = failed.error = "exhausted";
    return run;
}

// `edits`: each two bytes of place, one of how many bytes go there, one of how many come, and
// those.
std::string edited(std::string text, std::string_view edits) {
    constexpr std::size_t head = 4;
    while (edits.size() >= head) {
        const auto byte = [edits](std::size_t i) { return static_cast<unsigned char>(edits[i]); };
        const std::size_t at = (byte(0) * 256U + byte(1)) % (text.size() + 1);
        const std::size_t come = std::min<std::size_t>(byte(3), edits.size() - head);
        text.replace(at, byte(2), edits.substr(head, come));
        edits.remove_prefix(head + come);
    }
    return text;
}

template <typename Use>
void try_to(Use use) {
    try {
        use();
    } catch (const nexus::json::Error& error) {
        require(error.what()[0] != '\0');
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const std::string good = to_json(good_run());
    try_to([text] { check_run(parse_run(text, id)); });
    try_to([text] { check_run(parse_run(edited(good, text), id)); });
    try_to([text] {
        const auto verification = parse_verification(text);
        require(verification.ok == verification.problems.empty());
    });
    return 0;
}
