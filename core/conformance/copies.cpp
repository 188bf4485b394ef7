#include "conformance/copies.hpp"

#include <sys/stat.h>

#include "conformance/memory_file.hpp"

namespace nexus::conformance {

std::string export_of(Bench& bench, const std::string& volume, VolumeCopy* copy) {
    const UniqueFd file = memory_file();
    const VolumeCopy told = bench.backend().export_volume(bench.ctx(), volume, file.get());
    if (copy != nullptr) *copy = told;
    return bytes_in(file);
}

VolumeCopy import_into(Bench& bench, const std::string& volume, const std::string& bytes) {
    return bench.backend().import_volume(bench.ctx(), volume, memory_file(bytes).get());
}

void need_copies(Bench& bench) {
    bench.need_operation("export_volume", [&] { export_of(bench, bench.name("nothing")); });
}

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

Entry without_losable(Entry entry) {
    entry.uid = 0;
    entry.gid = 0;
    entry.nanoseconds = 0;
    entry.attributes.clear();
    entry.content.insert(0, std::string(static_cast<std::size_t>(entry.hole), '\0'));
    entry.hole = 0;
    return entry;
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

}  // namespace nexus::conformance
