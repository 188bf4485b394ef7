// Logs, and whole volumes.
#include <sys/stat.h>

#include <algorithm>

#include "conformance/archive.hpp"
#include "conformance/bench.hpp"
#include "conformance/memory_file.hpp"

namespace nexus::conformance {
namespace {

std::string export_of(Bench& bench, const std::string& volume) {
    const UniqueFd file = memory_file();
    bench.backend().export_volume(bench.ctx(), volume, file.get());
    return bytes_in(file);
}

VolumeCopy import_into(Bench& bench, const std::string& volume, const std::string& bytes) {
    return bench.backend().import_volume(bench.ctx(), volume, memory_file(bytes).get());
}

void need_copies(Bench& bench) {
    bench.need_operation("export_volume", [&] { export_of(bench, bench.name("nothing")); });
}

// In the order that an export has.
std::vector<Entry> sample() {
    constexpr std::int64_t noon = 1'700'000'000;
    constexpr long odd = 123'456'789;
    return {
        {"./", S_IFDIR, 01770, 1000, 1000, noon, odd, "", ""},
        {"./a-file", S_IFREG, 0640, 1000, 1001, noon + 1, odd, "", "content\n"},
        {"./b-folder/", S_IFDIR, 02750, 1001, 1001, noon + 2, 0, "", ""},
        {"./b-folder/empty", S_IFREG, 0600, 70'000, 70'000, noon + 3, 0, "", ""},
        {"./c-setuid", S_IFREG, 04755, 0, 0, noon + 4, 0, "", "#!/bin/sh\n"},
        {"./d-link", S_IFLNK, 0777, 1000, 1000, noon + 5, 0, "b-folder/empty", ""},
        {"./e-outward", S_IFLNK, 0777, 0, 0, noon + 6, 0, "/etc/passwd", ""},
        {"./f-second-name", 0, 0640, 1000, 1001, noon + 1, odd, "./a-file", ""},
        {"./g-pipe", S_IFIFO, 0622, 0, 0, noon + 7, 0, "", ""},
        {"./h-holes", S_IFREG, 0644, 0, 0, noon + 8, 0, "", "after the hole", {}, 1 << 20},
        {"./i-attributes", S_IFREG, 0644, 0, 0, noon + 9, 0, "", "x", {{"user.check", "a\0b\xff"}}},
        {"./j-\xc3\xa4 \xff\n", S_IFREG, 0644, 0, 0, noon + 10, 0, "", "odd name"},
    };
}

void logs_end_with_the_last_lines(Bench& bench) {
    bench.need_programs();
    const auto spec =
        bench.running("runtime",
                      "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; done; echo ready; "
                      "sleep 1000");
    expect(bench.logs(spec.name, 3) == "line 2999\nline 3000\nready\n",
           "the last three lines are " + bench.logs(spec.name, 3));
    const std::string all = bench.logs(spec.name, 100'000);
    expect(std::count(all.begin(), all.end(), '\n') == 3001,
           "a log of 3001 lines comes with " +
               std::to_string(std::count(all.begin(), all.end(), '\n')));
    expect(bench.logs(spec.name, 0).empty(), "a tail of 0 lines is not empty");
}

void logs_have_both_streams(Bench& bench) {
    bench.need_programs();
    const auto spec =
        bench.running("runtime", "echo to-stderr >&2; echo to-stdout; sleep 1; " + obedient());
    const std::string text = bench.logs(spec.name);
    expect(text.find("to-stderr\n") != std::string::npos, "stderr is not in the log: " + text);
    expect(text.find("to-stdout\n") != std::string::npos, "stdout is not in the log: " + text);
}

void empty_volume_is_exported(Bench& bench) {
    need_copies(bench);
    const auto entries = read_archive(export_of(bench, bench.volume("data").name));
    expect(entries.empty() || (entries.size() == 1 && entries.front().path == "./"),
           "the export of an empty volume holds something");
}

std::string shown(const Entry& entry) {
    std::string text = entry.path + " (type " + std::to_string(entry.type >> 12U) + ", mode " +
                       std::to_string(entry.mode) + ", owner " + std::to_string(entry.uid) + ":" +
                       std::to_string(entry.gid) + ", time " + std::to_string(entry.seconds) + "." +
                       std::to_string(entry.nanoseconds) + ", " +
                       std::to_string(entry.content.size()) + " bytes after a hole of " +
                       std::to_string(entry.hole);
    for (const auto& [name, value] : entry.attributes)
        text += ", " + name;
    return text + (entry.link.empty() ? ")" : ", to " + entry.link + ")");
}

void copy_is_identical(Bench& bench) {
    need_copies(bench);
    const auto given = sample();
    const auto told = import_into(bench, bench.volume("data").name, make_archive(given));
    expect(told.entries == static_cast<std::int64_t>(given.size()) - 1,
           "import_volume counts " + std::to_string(told.entries) + " entries instead of " +
               std::to_string(given.size() - 1));
    const auto got = read_archive(export_of(bench, bench.name("data")));
    for (std::size_t i = 0; i < std::max(given.size(), got.size()); ++i) {
        expect(i < got.size(), "the export lacks " + shown(given[std::min(i, given.size() - 1)]));
        expect(i < given.size(), "the export has more: " + shown(got[i]));
        expect(given[i] == got[i],
               "what went in as " + shown(given[i]) + " comes out as " + shown(got[i]));
    }
}

void export_is_repeatable(Bench& bench) {
    need_copies(bench);
    import_into(bench, bench.volume("data").name, make_archive(sample()));
    const std::string first = export_of(bench, bench.name("data"));
    expect(first == export_of(bench, bench.name("data")), "two exports of one volume differ");
    import_into(bench, bench.volume("copy").name, first);
    expect(first == export_of(bench, bench.name("copy")),
           "the export of a copy differs from that of its original");
}

void full_volume_takes_no_import(Bench& bench) {
    need_copies(bench);
    const auto bytes = make_archive(sample());
    import_into(bench, bench.volume("data").name, bytes);
    expect_code(Code::conflict, "importing into a volume that is not empty",
                [&] { import_into(bench, bench.name("data"), bytes); });
}

void missing_volume_is_said(Bench& bench) {
    need_copies(bench);
    const std::string ghost = bench.name("nothing");
    expect_code(Code::not_found, "exporting a missing volume", [&] { export_of(bench, ghost); });
    expect_code(Code::not_found, "importing into a missing volume",
                [&] { import_into(bench, ghost, make_archive({})); });
    expect(!bench.backend().inspect_volume(bench.ctx(), ghost),
           "a volume is made by asking for its content");
}

void malformed_archives_are_invalid(Bench& bench) {
    need_copies(bench);
    const std::string good = make_archive(sample());
    const std::vector<std::pair<std::string, std::string>> rows{
        {"nothing", ""},
        {"something that is no tar", std::string(4096, 'x')},
        {"a tar that is cut in a file", good.substr(0, good.size() / 2)},
        {"a tar without its end", good.substr(0, good.size() - 1024)},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto volume = bench.volume("data-" + std::to_string(i)).name;
        expect_code(Code::invalid, "importing " + rows[i].first,
                    [&] { import_into(bench, volume, rows[i].second); });
    }
}

void dangerous_archives_are_invalid(Bench& bench) {
    need_copies(bench);
    bench.need_programs();  // one that runs none keeps archives as they are
    const auto file = [](const std::string& path) {
        return Entry{path, S_IFREG, 0644, 0, 0, 0, 0, "", "x"};
    };
    const std::vector<std::vector<Entry>> archives{
        {file("../nexus-check-escaped")},
        {file("/nexus-check-escaped")},
        {file("a/../../nexus-check-escaped")},
        {{"out", S_IFLNK, 0777, 0, 0, 0, 0, "/tmp", ""}, file("out/nexus-check-escaped")},
        {{"device", S_IFCHR, 0666, 0, 0, 0, 0, "", ""}},
        {{"link", 0, 0644, 0, 0, 0, 0, "/etc/passwd", ""}},
        {{"link", 0, 0644, 0, 0, 0, 0, "../nexus-check-escaped", ""}},
        {file("twice"), file("twice")},
    };
    for (std::size_t i = 0; i < archives.size(); ++i) {
        const auto volume = bench.volume("data-" + std::to_string(i)).name;
        const auto& last = archives[i].back();
        expect_code(Code::invalid,
                    "importing " + last.path + (last.link.empty() ? "" : " -> " + last.link),
                    [&] { import_into(bench, volume, make_archive(archives[i])); });
    }
    struct stat status {};
    expect(::stat("/tmp/nexus-check-escaped", &status) != 0, "an import wrote outside its volume");
}

void used_volume_is_exported(Bench& bench) {
    bench.need_programs();
    need_copies(bench);
    const auto spec = bench.running("runtime", "echo written >/data/state/file; " + obedient());
    const auto entries = read_archive(export_of(bench, spec.volumes.front().volume));
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [](const Entry& entry) { return entry.path == "./file"; });
    expect(found != entries.end() && found->content == "written\n",
           "what a running container wrote is not in the export of its volume");
}

void imported_volume_is_used(Bench& bench) {
    bench.need_programs();
    need_copies(bench);
    const auto given = sample();
    import_into(bench, bench.volume("data").name, make_archive(given));
    bench.running("runtime", obedient());
    const auto got = read_archive(export_of(bench, bench.name("data")));
    expect(!got.empty(), "the data is gone once a container uses the volume");
    auto root = got.front();
    // A program may change the time of its own folder.
    root.seconds = given.front().seconds;
    root.nanoseconds = given.front().nanoseconds;
    expect(root == given.front(),
           "the root folder that came in as " + shown(given.front()) + " is " + shown(root));
    expect(got.size() == given.size(),
           "what was imported changes once a container uses the volume");
}

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

std::vector<Check> bulk_checks() {
    return {
        {"logs-tail", "logs are the last lines, oldest first", logs_end_with_the_last_lines},
        {"logs-streams", "logs hold stdout and stderr", logs_have_both_streams},
        {"export-empty", "an empty volume is a tar without entries", empty_volume_is_exported},
        {"export-in-use", "a volume is exported while its container runs", used_volume_is_exported},
        {"copy-identical", "owner, mode, times, links, holes and attributes survive a copy",
         copy_is_identical},
        {"export-repeatable", "the same content is the same bytes", export_is_repeatable},
        {"import-used", "an imported volume stays as it is when a container uses it",
         imported_volume_is_used},
        {"import-conflict", "only an empty volume takes an import", full_volume_takes_no_import},
        {"copy-missing", "a missing volume is not_found, and stays missing",
         missing_volume_is_said},
        {"import-malformed", "what is no whole tar is invalid", malformed_archives_are_invalid},
        {"import-dangerous", "an entry that leads out of the volume is invalid",
         dangerous_archives_are_invalid},
        {"swap", "volumes exchange their content and nothing else", volumes_are_swapped},
        {"swap-in-use", "a volume that a running container uses is not exchanged",
         used_volume_is_not_swapped},
        {"swap-missing", "what is no other volume is not exchanged", missing_volume_is_not_swapped},
    };
}

}  // namespace nexus::conformance
