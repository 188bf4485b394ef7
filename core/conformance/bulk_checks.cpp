// Logs, and whole volumes.
#include <sys/stat.h>

#include <algorithm>

#include "conformance/copies.hpp"

namespace nexus::conformance {
namespace {

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

void copy_is_identical(Bench& bench) {
    need_copies(bench);
    const auto given = sample();
    const auto told = import_into(bench, bench.volume("data").name, make_archive(given));
    expect(told.entries == static_cast<std::int64_t>(given.size()) - 1,
           "import_volume counts " + std::to_string(told.entries) + " entries instead of " +
               std::to_string(given.size() - 1));
    VolumeCopy copy;
    const auto got = read_archive(export_of(bench, bench.name("data"), &copy));
    const bool lossy = !told.losses.empty() || !copy.losses.empty();
    for (std::size_t i = 0; i < std::max(given.size(), got.size()); ++i) {
        expect(i < got.size(), "the export lacks " + shown(given[std::min(i, given.size() - 1)]));
        expect(i < given.size(), "the export has more: " + shown(got[i]));
        const bool same =
            lossy ? without_losable(given[i]) == without_losable(got[i]) : given[i] == got[i];
        expect(same, "what went in as " + shown(given[i]) + " comes out as " + shown(got[i]));
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

void way_of_copies_is_told(Bench& bench) {
    need_copies(bench);
    const VolumeAccess told = bench.backend().info(bench.ctx()).volumes;
    if (told.method.empty()) throw NotApplicable("info does not say how volumes are read");
    VolumeCopy copy;
    export_of(bench, bench.volume("data").name, &copy);
    expect(copy.method == told.method, "info says that volumes are read by \"" + told.method +
                                           "\", and one is read by \"" + copy.method + "\"");
    expect(copy.losses == told.losses, "an empty volume has other losses than info tells of");
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
    VolumeCopy copy;
    const auto got = read_archive(export_of(bench, bench.name("data"), &copy));
    expect(!got.empty(), "the data is gone once a container uses the volume");
    auto root = got.front();
    // A program may change the time of its own folder.
    root.seconds = given.front().seconds;
    root.nanoseconds = given.front().nanoseconds;
    const bool same = copy.losses.empty() ? root == given.front()
                                          : without_losable(root) == without_losable(given.front());
    expect(same, "the root folder that came in as " + shown(given.front()) + " is " + shown(root));
    expect(got.size() == given.size(),
           "what was imported changes once a container uses the volume");
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
        {"export-way", "info says how volumes are read, and what is lost by that",
         way_of_copies_is_told},
        {"import-used", "an imported volume stays as it is when a container uses it",
         imported_volume_is_used},
        {"import-conflict", "only an empty volume takes an import", full_volume_takes_no_import},
        {"copy-missing", "a missing volume is not_found, and stays missing",
         missing_volume_is_said},
        {"import-malformed", "what is no whole tar is invalid", malformed_archives_are_invalid},
        {"import-dangerous", "an entry that leads out of the volume is invalid",
         dangerous_archives_are_invalid},
    };
}

}  // namespace nexus::conformance
