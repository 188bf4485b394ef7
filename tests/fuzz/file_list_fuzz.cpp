// Any text as a line of a blob's list of files: refused, or a note that is written as it was read,
// whose path stays below the root.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "archive/volume_path.hpp"
#include "backup/file_note.hpp"
#include "base/json.hpp"

namespace {

using namespace nexus::backup;

void require(bool truth) {
    if (!truth) std::abort();
}

// A good line with a part of it replaced: what a fuzzer would take long to come to by itself.
std::string patched(std::string_view input) {
    constexpr std::string_view line =
        R"({"path":"a/b","type":"file","size":5,"sha256":)"
        R"("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
        R"("target":"t","mode":"0644","uid":1,"gid":2})";
    if (input.size() < 2) return std::string(line);
    std::string text(line);
    const auto at = static_cast<std::uint8_t>(input[0]) % text.size();
    return text.replace(at, static_cast<std::uint8_t>(input[1]) % 16U, input.substr(2));
}

void check(std::string_view line) {
    FileNote note;
    try {
        note = parse_note(line);
    } catch (const nexus::json::Error&) {
        return;
    }
    require(note.path.empty() || nexus::archive::below_root(note.path) == note.path);
    const std::string written = to_line(note);
    require(written.size() <= max_note_bytes && written.find('\n') == std::string::npos);
    require(parse_note(written) == note);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check(input);
    check(patched(input));
    return 0;
}
