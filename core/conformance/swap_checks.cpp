// Volumes that exchange their content.
#include <utility>

#include "conformance/copies.hpp"

namespace nexus::conformance {
namespace {

// Throws NotApplicable where this engine's volumes cannot be exchanged from here.
void swap(Bench& bench, const std::string& first, const std::string& second) {
    try {
        bench.backend().swap_volumes(bench.ctx(), first, second);
    } catch (const BackendError& error) {
        if (error.code() != Code::unsupported) throw;
        throw NotApplicable(error.what());
    }
}

void volumes_are_swapped(Bench& bench) {
    need_copies(bench);
    const auto full = bench.volume("data").name;
    const auto empty = bench.volume("copy").name;
    import_into(bench, full, make_archive(sample()));
    const std::string content = export_of(bench, full);
    const std::string nothing = export_of(bench, empty);
    expect(content != nothing, "a volume with files comes out as one without");
    swap(bench, full, empty);
    expect(export_of(bench, empty) == content && export_of(bench, full) == nothing,
           "two volumes that were exchanged do not have each other's content");
    expect(bench.backend().inspect_volume(bench.ctx(), full)->labels == bench.labels(),
           "the labels of a volume go with its content");
    swap(bench, full, empty);
    expect(export_of(bench, full) == content && export_of(bench, empty) == nothing,
           "two volumes that were exchanged twice are not what they were");
}

void used_volume_is_not_swapped(Bench& bench) {
    need_copies(bench);
    const auto used = bench.running("runtime", obedient()).volumes.front().volume;
    const auto free = bench.volume("copy").name;
    import_into(bench, free, make_archive(sample()));
    const std::string content = export_of(bench, free);
    for (const auto& [first, second] : {std::pair{used, free}, std::pair{free, used}}) {
        expect_code(Code::conflict, "exchanging a volume that a running container uses",
                    [&, a = first, b = second] { swap(bench, a, b); });
    }
    expect(export_of(bench, free) == content, "a volume was exchanged although that is refused");
}

void missing_volume_is_not_swapped(Bench& bench) {
    const auto there = bench.volume("data").name;
    const std::string ghost = bench.name("nothing");
    expect_code(Code::not_found, "exchanging with a missing volume",
                [&] { swap(bench, there, ghost); });
    expect_code(Code::not_found, "exchanging a missing volume", [&] { swap(bench, ghost, there); });
    expect_code(Code::invalid, "exchanging a volume with itself",
                [&] { swap(bench, there, there); });
    expect(!bench.backend().inspect_volume(bench.ctx(), ghost),
           "a volume is made by exchanging it");
}

}  // namespace

std::vector<Check> swap_checks() {
    return {
        {"swap", "volumes exchange their content and nothing else", volumes_are_swapped},
        {"swap-in-use", "a volume that a running container uses is not exchanged",
         used_volume_is_not_swapped},
        {"swap-missing", "what is no other volume is not exchanged", missing_volume_is_not_swapped},
    };
}

}  // namespace nexus::conformance
